# Seals and validates messages with Mail::DKIM: perl arc_mail_dkim.pl REQUESTS ANSWERS.
#
# Both files hold records: a line of JSON with `length`, then as many octets. The first request
# carries the keys; each other one is a message, to be validated (`verify`) or validated and sealed
# (`seal`). Each answer carries the result and, for `seal`, the new message.
use strict;
use warnings;
use JSON::PP;
use Mail::DKIM::ARC::Signer;
use Mail::DKIM::ARC::Verifier;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::TextWrap;
use Net::DNS;

my ( $requests, $answers ) = @ARGV;
open my $in,  '<:raw', $requests or die $!;
open my $out, '>:raw', $answers  or die $!;

my ( $settings, %keys, $key );

{
    # The keys come from the request, not from the world.
    no warnings 'redefine';
    *Mail::DKIM::DNS::query_async = sub {
        my ( $name, $type, %options ) = @_;
        my @found = exists $keys{$name} ? ( $keys{$name} ) : ();
        my $answer = $options{Callbacks}{Success}->(@found);
        return sub { $answer };
    };
}

while ( my $line = <$in> ) {
    my $head = decode_json($line);
    read $in, my $message, $head->{length};
    if ( !$settings ) {
        $settings = $head;
        for my $name ( keys %{ $head->{keys} } ) {
            my @parts = unpack '(a250)*', $head->{keys}{$name};
            $keys{$name} =
              Net::DNS::RR->new( name => $name, type => 'TXT', txtdata => \@parts );
        }
        my $data = $head->{pem};
        $data =~ s/-----[^-]+-----//g;
        $data =~ s/\s//g;
        $key = Mail::DKIM::PrivateKey->load( Data => $data );
        next;
    }
    my $verifier = Mail::DKIM::ARC::Verifier->new( Strict => 1 );
    $verifier->PRINT($message);
    $verifier->CLOSE;

    # It tells `invalid` apart; RFC 8617 §5.2.1 knows only fail.
    my $result = $verifier->result;
    $result = 'fail' unless $result =~ /^(none|pass)$/;
    my $sealed = '';
    if ( $head->{op} eq 'seal' ) {
        $message = "Authentication-Results: $settings->{authservID}; arc=$result;\r\n"
          . "  spf=pass smtp.mailfrom=a.example\r\n$message";
        my $signer = Mail::DKIM::ARC::Signer->new(
            Algorithm => 'rsa-sha256',
            Chain     => $result,
            Domain    => $settings->{domain},
            SrvId     => $settings->{authservID},
            Selector  => $settings->{selector},
            Key       => $key,
            Timestamp => $settings->{now},
        );
        $signer->PRINT($message);
        $signer->CLOSE;
        $sealed = $signer->as_string . $message;
    }
    print $out encode_json( { result => $result, length => length $sealed } ), "\n", $sealed;
}
close $out or die $!;
