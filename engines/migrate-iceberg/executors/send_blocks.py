"""Sends parts of files to Azure from the tasks of Spark, block by block.

The engine that submitted this script listens on the socket ORDERS in its folder. Each line from there is an order: a source,
and files with the addresses that may write them for a time. An order is one task. Each line back says what became of one.
Nothing is committed here, and no address is ever printed.
"""

import base64
import hashlib
import json
import socket
import ssl
import threading
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

TRIES = 5
SECONDS = 120


class Refused(Exception):
    """What is told to the engine. Never holds an address with its signature, or a token."""

    def __init__(self, message, gone=None):
        super().__init__(message)
        self.gone = gone


def send(order):
    """Runs in a task: sends the parts of an order, and gives the checksum of each part."""
    try:
        source = Source(order["source"], order.get("ca"))
        pace = Pace(order.get("bytesPerSecond"))
        return {"sums": [send_part(part, source, pace) for part in order["parts"]]}
    except Refused as error:
        return {"error": str(error), "gone": error.gone}


def send_part(part, source, pace):
    whole = hashlib.md5(usedforsecurity=False)
    for number, block in enumerate(part["blocks"]):
        offset = part["offset"] + number * part["blockBytes"]
        length = min(part["blockBytes"], part["offset"] + part["bytes"] - offset)
        content = source.read(part["from"], offset, length)
        if len(content) != length:
            raise Refused(f"{part['from']}: {len(content)} bytes were read at {offset} where there should be {length}.")
        whole.update(content)
        put_block(part, block, content, source.context)
        pace.wait(length)
    return base64.b64encode(whole.digest()).decode()


def put_block(part, block, content, context):
    """Azure compares the checksum with what arrived, and refuses a block that differs."""
    sum_of_block = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    url = f"{part['to']}&comp=block&blockid={quote(block, safe='')}"
    headers = {"Content-MD5": sum_of_block, "Content-Type": "application/octet-stream"}

    def put():
        request = Request(url, data=content, method="PUT", headers=headers)
        with urlopen(request, timeout=SECONDS, context=context) as answer:
            answer.read()

    try:
        tried(put)
    except HTTPError as error:
        code = error.headers.get("x-ms-error-code", "")
        raise Refused(f"Azure refused a block of {part['name']}: {error.code} {code}".strip()) from None
    except Exception as error:
        raise Refused(f"Azure took no block of {part['name']}: {reason(error)}") from None


class Source:
    """Where the tasks read: a folder that all of them have, or WebHDFS."""

    def __init__(self, source, ca):
        self.nodes = list(source.get("nodes", []))
        self.query = source.get("query", {})
        self.context = ssl.create_default_context() if ca else None
        if ca:
            self.context.load_verify_locations(cadata=ca)

    def read(self, path, offset, length):
        try:
            return self.read_webhdfs(path, offset, length) if self.nodes else read_file(path, offset, length)
        except FileNotFoundError:
            raise Refused(f"{path} is not there.", gone=path) from None
        except Refused:
            raise
        except Exception as error:
            raise Refused(f"{path} can't be read: {reason(error)}") from None

    def read_webhdfs(self, path, offset, length):
        query = urlencode({"op": "OPEN", "offset": offset, "length": length, **self.query})

        def get():
            failed = None
            for node in list(self.nodes):
                url = f"{node.rstrip('/')}/webhdfs/v1{quote(path)}?{query}"
                try:
                    with urlopen(url, timeout=SECONDS, context=self.context) as answer:
                        return answer.read()
                except HTTPError as error:
                    name = exception_of(error)
                    if name == "FileNotFoundException":
                        raise FileNotFoundError(path) from None
                    if name != "StandbyException":
                        raise Refused(f"WebHDFS refused {path}: {error.code} {name}") from None
                    failed = error
                except (URLError, OSError) as error:
                    failed = error
                # The other one is active: the next read begins there.
                self.nodes.append(self.nodes.pop(0))
            raise failed

        return tried(get)


def read_file(path, offset, length):
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(length)


def exception_of(error):
    try:
        return json.loads(error.read(65536))["RemoteException"]["exception"]
    except Exception:
        return ""


def reason(error):
    """A failure in words, without any address."""
    if isinstance(error, HTTPError):
        return f"it answered {error.code}"
    if isinstance(error, URLError):
        return str(error.reason)
    return str(error) if isinstance(error, OSError) else type(error).__name__


def tried(work):
    """Does something again where a server is busy or does not answer."""
    for tries in range(1, TRIES + 1):
        try:
            return work()
        except HTTPError as error:
            if tries == TRIES or error.code not in (408, 429, 500, 502, 503, 504):
                raise
        except (URLError, ConnectionError, TimeoutError):
            if tries == TRIES:
                raise
        time.sleep(2 ** (tries - 1))


class Pace:
    """Keeps one task below its share of the bandwidth."""

    def __init__(self, bytes_per_second):
        self.bytes_per_second = bytes_per_second
        self.begun = time.monotonic()
        self.sent = 0

    def wait(self, sent):
        self.sent += sent
        if self.bytes_per_second:
            time.sleep(max(0, self.begun + self.sent / self.bytes_per_second - time.monotonic()))


def main():
    from pyspark.sql import SparkSession

    channel = socket.socket(socket.AF_UNIX)
    # The engine made this folder, and nobody else may enter it.
    channel.connect("orders")
    context = SparkSession.builder.getOrCreate().sparkContext
    # Each order is a job of its own, which Spark would tell in thirty lines.
    context.setLogLevel("WARN")
    writing = threading.Lock()

    def answer(line):
        with writing:
            channel.sendall((json.dumps(line) + "\n").encode())

    def run(order):
        kept = context.broadcast(order)
        try:
            result = context.parallelize([0], 1).map(lambda _: send(kept.value)).collect()[0]
        except Exception as error:
            result = {"error": f"Spark did not run a task: {str(error).strip()[:1000]}"}
        finally:
            kept.destroy()
        answer({"id": order["id"], **result})

    answer({"ready": context.applicationId})
    with channel.makefile("r", encoding="utf-8") as orders:
        for line in orders:
            threading.Thread(target=run, args=(json.loads(line),), daemon=True).start()
    context.stop()


if __name__ == "__main__":
    main()
