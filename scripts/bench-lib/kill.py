"""Kills the gateway with SIGKILL at random moments under load, and proves that nothing acknowledged is lost.

Ten connections send mail, each message with a number of its own; what was answered with 250 is noted. A small SMTP
server behind the gateway notes what arrives. After the last kill the gateway may finish its queue. Then every
acknowledged message must have arrived or be held, `sealgate balance` must come out even, its chain must be whole,
and what arrived twice must be among the deliveries that the gateway itself calls uncertain.
"""
import argparse, asyncio, collections, json, os, random, re, shutil, signal, socket, subprocess, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--runs", type=int, default=200)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
seed = options.seed or random.SystemRandom().randrange(1 << 32)
chance = random.Random(seed)
print(f"seed {seed}", flush=True)

work = os.path.join(options.work, "kill")
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
with open(os.path.join(work, "zone"), "w") as file:
    file.write('sender.example. 60 IN TXT "v=spf1 ip4:127.0.0.1 -all"\n_dmarc.sender.example. 60 IN TXT '
               '"v=DMARC1; p=reject"\nsender.example. 60 IN A 192.0.2.1\nrcpt.example. 60 IN A 192.0.2.2\n')


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


door, behind = free_port(), free_port()
arrived = collections.Counter()
acknowledged, numbers = {}, iter(range(1, 1 << 40))
body = "".join(f"line {i} of the message, as long as lines are in mail\r\n" for i in range(40))


async def sink(reader, writer):
    """Takes everything; the number of a message is in its Subject."""
    try:
        writer.write(b"220 sink ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                if number := re.search(rb"^Subject: n(\d+)", content, re.M):
                    arrived[int(number[1])] += 1
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def client(stop):
    while not stop.is_set():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", door)
            await reply(reader)
            await say(reader, writer, b"EHLO client.example\r\n")
            while not stop.is_set():
                number = next(numbers)
                forged = number % 10 == 0
                sender = "boss@rcpt.example" if forged else "anna@sender.example"
                await say(reader, writer, f"MAIL FROM:<{sender}>\r\n".encode())
                await say(reader, writer, b"RCPT TO:<bob@rcpt.example>\r\n")
                await say(reader, writer, b"DATA\r\n")
                text = f"From: {sender}\r\nSubject: n{number}\r\n\r\n{body}\r\n.\r\n"
                answer = await say(reader, writer, text.encode())
                if answer.startswith("250"):
                    acknowledged[number] = forged
        except (ConnectionError, OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.01)


async def reply(reader):
    text = ""
    while True:
        line = (await reader.readline()).decode()
        if not line:
            raise ConnectionError
        text = line
        if line[3:4] != "-":
            return text


async def say(reader, writer, line):
    writer.write(line)
    await writer.drain()
    return await reply(reader)


def start():
    log = open(os.path.join(work, "log"), "ab")
    return subprocess.Popen(
        [options.program, "serve", "--data", work + "/data", "--inbound", f"127.0.0.1:{door}", "--host-name",
         "mx.bench.example", "--next-hop", f"127.0.0.1:{behind}", "--next-hop-tls", "never", "--port", "0",
         "--resolver", work + "/zone", "--domain", "rcpt.example", "--recipients", "all"],
        stdout=log, stderr=log)


async def wait_for_door(process):
    for _ in range(1200):
        if process.poll() is not None:
            sys.exit("the gateway ended by itself:\n" + open(os.path.join(work, "log")).read()[-2000:])
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", door)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    sys.exit("the gateway does not open its door")


def queue():
    return json.loads(subprocess.run(
        [options.program, "queue", "--data", work + "/data", "--limit", "1000000000", "--format", "json"],
        check=True, capture_output=True, text=True).stdout)


async def main():
    server = await asyncio.start_server(sink, "127.0.0.1", behind, limit=1 << 20)
    stop = asyncio.Event()
    clients = [asyncio.create_task(client(stop)) for _ in range(10)]
    for run in range(options.runs):
        process = start()
        await wait_for_door(process)
        await asyncio.sleep(chance.random() ** 2 * 1.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if run % 20 == 19:
            print(f"   {run + 1} kills, {len(acknowledged)} acknowledged, {len(arrived)} arrived", flush=True)
    stop.set()
    process = start()
    await wait_for_door(process)
    await asyncio.gather(*clients)
    for _ in range(600):
        left = await asyncio.to_thread(queue)
        if all(message.get("held") for message in left):
            break
        await asyncio.sleep(0.5)
    result = await asyncio.to_thread(
        subprocess.run, [options.program, "balance", "--data", work + "/data", "--format", "json"],
        capture_output=True, text=True)
    process.terminate()
    process.wait()
    server.close()
    return left, result


left, result = asyncio.run(main())
balance = json.loads(result.stdout)
lost = [n for n, forged in acknowledged.items() if not forged and n not in arrived]
held = sum(1 for message in left if message.get("held"))
twice = sum(count - 1 for count in arrived.values())
expected_held = sum(acknowledged.values())
print(f"{options.runs} kills; {len(acknowledged)} acknowledged, {len(arrived)} arrived, {held} held "
      f"({expected_held} of them acknowledged); lost {len(lost)}; arrived twice {twice}, "
      f"called uncertain {balance['possibleDuplicates']}")
print("balance: " + ", ".join(f"{k} {v}" for k, v in balance.items()))
faults = []
if lost:
    faults.append(f"lost: {lost[:20]}")
if held < expected_held:
    faults.append(f"{expected_held - held} held messages are gone")
if len(arrived) + held < len(acknowledged):
    faults.append("fewer are accounted for than were acknowledged")
if twice > balance["possibleDuplicates"]:
    faults.append("more arrived twice than the gateway knows of")
if not balance["isBalanced"] or not balance["isChainWhole"] or result.returncode != 0:
    faults.append("the balance does not come out even")
if any(not message.get("held") for message in left):
    faults.append(f"{sum(1 for m in left if not m.get('held'))} still wait")
if faults:
    sys.exit("FAILED: " + "; ".join(faults) + f" (seed {seed})")
print("Nothing acknowledged was lost.")
