# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""Live connections for tests.

serve PORT...: answers on these TCP ports of both families, and prints "ready". After SIGUSR1 it speaks first.
hold FILE [--listen] tcp:PORT:ADDRESS...: opens the connections, creates FILE.up, waits for FILE.go, and then prints
    for each whether it goes on or is cut, and whether it can be opened again, and creates FILE.done. With --listen, the server speaks first.
session PORT COMMAND...: as a process named sshd, accepts one connection and runs the command below another sshd.
"""
import os
import select
import signal
import socket
import sys
import time

PATIENCE = 3  # seconds without an answer; on veth, one takes a millisecond


def listen(port):
    sock = socket.socket(socket.AF_INET6)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("::", port))
    sock.listen(200)
    return sock


def serve(ports):
    waiting = [listen(int(p)) for p in ports]
    open_now = []

    def speak(*_):
        for conn in open_now:
            conn.send(b"s")

    signal.signal(signal.SIGUSR1, speak)
    print("ready", flush=True)
    while True:
        for sock in select.select(waiting + open_now, [], [])[0]:
            if sock in waiting:
                open_now.append(sock.accept()[0])
            else:
                try:
                    data = sock.recv(9)
                    if data:
                        sock.send(data)
                except OSError:
                    data = b""
                if not data:
                    open_now.remove(sock)
                    sock.close()


def connect(_, port, address):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    sock.settimeout(PATIENCE)
    sock.connect((address, int(port)))
    return sock


def talk(sock):
    sock.send(b"c")
    return sock.recv(9) != b""


def opens_again(target):
    try:
        with connect(*target) as sock:
            return talk(sock)
    except OSError:
        return False


def hold(path, listens, targets):
    targets = [t.split(":", 2) for t in targets]
    socks = [connect(*t) for t in targets]
    for sock in socks:
        talk(sock)
    open(path + ".up", "w").close()
    while not os.path.exists(path + ".go"):
        time.sleep(0.02)
    for target, sock in zip(targets, socks):
        try:
            alive = sock.recv(9) != b"" and talk(sock) if listens else talk(sock)
        except OSError:
            alive = False
        print(":".join(target), "goes on" if alive else "cut", flush=True)
    for target in targets:
        print(":".join(target), "opens" if opens_again(target) else "closed", flush=True)


def session(port, command):
    with open("/proc/self/comm", "w") as name:
        name.write("sshd")
    sock = listen(int(port))
    print("ready", flush=True)
    conn = sock.accept()[0]
    conn.send(conn.recv(9))
    sock.close()
    if os.fork() == 0:  # as the process of the user, which has the same socket
        status = os.spawnvp(os.P_WAIT, command[0], command)
        os._exit(status if status >= 0 else 128)
    status = os.waitstatus_to_exitcode(os.wait()[1])
    conn.close()
    sys.exit(status)


def main(args):
    if args[0] == "serve":
        serve(args[1:])
    elif args[0] == "hold":
        listens = args[2] == "--listen"
        try:
            hold(args[1], listens, args[3:] if listens else args[2:])
        finally:
            open(args[1] + ".done", "w").close()
    else:
        session(args[1], args[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
