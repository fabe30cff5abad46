# Verifies and signs messages with Mail::DKIM: perl dkim_mail_dkim.pl FOLDER ANSWERS.
#
# FOLDER holds settings.json, signed/N to be verified and plain/N to be signed. Each answer is a line
# of JSON. The bits of N choose the forms and the key, as in DKIMRoundTripTests; N with Ed25519 are
# left out.
use strict;
use warnings;
use JSON::PP;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::Signer;
use Mail::DKIM::TextWrap;
use Mail::DKIM::Verifier;
use Net::DNS;

my ( $folder, $answers ) = @ARGV;

sub content {
    open my $in, '<:raw', shift or die $!;
    local $/;
    return <$in>;
}

my $settings = decode_json( content("$folder/settings.json") );
my %keys;
for my $name ( keys %{ $settings->{keys} } ) {
    my @parts = unpack '(a250)*', $settings->{keys}{$name};
    $keys{$name} = Net::DNS::RR->new( name => $name, type => 'TXT', txtdata => \@parts );
}

{
    # The keys come from the settings, not from the world.
    no warnings 'redefine';
    *Mail::DKIM::DNS::query_async = sub {
        my ( $name, $type, %options ) = @_;
        my @found = exists $keys{$name} ? ( $keys{$name} ) : ();
        my $answer = $options{Callbacks}{Success}->(@found);
        return sub { $answer };
    };
}

my $data = $settings->{rsa};
$data =~ s/-----[^-]+-----//g;
$data =~ s/\s//g;
my $key = Mail::DKIM::PrivateKey->load( Data => $data );

open my $out, '>', $answers or die $!;
for my $n ( 0 .. $settings->{count} - 1 ) {
    next if $n & 4;
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT( content("$folder/signed/$n") );
    $verifier->CLOSE;
    my $method = ( $n & 1 ? 'relaxed' : 'simple' ) . '/' . ( $n & 2 ? 'relaxed' : 'simple' );
    my $signer = Mail::DKIM::Signer->new(
        Algorithm => 'rsa-sha256',
        Method    => $method,
        Domain    => 'example.com',
        Selector  => 'r',
        Key       => $key,
    );
    $signer->PRINT( content("$folder/plain/$n") );
    $signer->CLOSE;
    my $answer = {
        n         => $n,
        verified  => $verifier->result eq 'pass' ? JSON::PP::true : JSON::PP::false,
        reason    => $verifier->result_detail,
        signature => $signer->signature->as_string . "\r\n",
    };
    print $out encode_json($answer), "\n";
}
close $out or die $!;
