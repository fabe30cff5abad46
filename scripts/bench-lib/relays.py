"""The servers that the benches of SMTP drive: our gateway and Postfix, from one door on loopback to one next hop."""
import email.message
import email.policy
import os
import random
import shutil
import subprocess

from flood_mail import text

DOOR, BEHIND = 2525, 2526


def mail():
    """10 KB as mail is: text, the same as HTML, and something attached."""
    chance = random.Random(10)
    words = text(1_900, chance).decode()
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "Alice Sender <alice@sender.example>", "Bob <bob@rcpt.example>"
    message["Subject"], message["Message-ID"] = "Project update and invoice 4711", "<x1@sender.example>"
    message["Date"] = "Mon, 20 Nov 2023 07:00:00 +0000"
    message.set_content(words)
    message.add_alternative(f"<html><body><p>{words}</p></body></html>", subtype="html")
    message.add_attachment(chance.randbytes(3_600), maintype="application", subtype="octet-stream",
                           filename="data.bin")
    return message.as_bytes()


class Postfix:
    """Postfix with its defaults as a relay, with or without a milter."""

    def __init__(self, work, milter):
        folder = os.path.join(work, "postfix-latency")
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("etc", "spool", "data"):
            os.makedirs(f"{folder}/{name}")
        os.chmod(folder, 0o755)
        shutil.chown(folder + "/data", "postfix")
        self.etc = folder + "/etc"
        open(self.etc + "/main.cf", "w").close()
        shutil.copy("/usr/share/postfix/master.cf.dist", self.etc + "/master.cf")
        settings = {
            "compatibility_level": "3.6", "queue_directory": folder + "/spool", "data_directory": folder + "/data",
            "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4", "myhostname": "bench.example",
            "mydestination": "", "mynetworks": "127.0.0.0/8", "relayhost": f"[127.0.0.1]:{BEHIND}",
            "smtpd_relay_restrictions": "permit_mynetworks, reject", "alias_maps": "", "alias_database": "",
            "maillog_file_prefixes": "/var", "maillog_file": folder + "/maillog",
            "smtp_tls_security_level": "none"}
        if milter:
            settings |= {"smtpd_milters": "inet:127.0.0.1:11332", "milter_default_action": "tempfail"}
        self.call("postconf", "-e", *[f"{name}={value}" for name, value in settings.items()])
        self.call("postconf", "-F", "*/*/chroot=n")
        self.call("postconf", "-MX", "smtp/inet")
        self.call("postconf", "-Me", f"{DOOR}/inet={DOOR} inet n - n - - smtpd")
        self.call("postfix", "start")
        with open(folder + "/spool/pid/master.pid") as file:
            self.pids = [int(file.read())]

    def call(self, program, *words):
        subprocess.run([program, "-c", self.etc, *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def stop(self):
        self.call("postfix", "stop")


class Ours:
    """Our gateway, with a folder of its own."""

    def __init__(self, work, command):
        folder = os.path.join(work, "ours-latency")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.process = subprocess.Popen(command.split(), cwd=folder, stderr=subprocess.STDOUT,
                                        stdout=open(folder + ".log", "wb"))
        self.pids = [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait()
