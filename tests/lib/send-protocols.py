#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""send-protocols.py 4|6 - sends this host one packet each of UDP, SCTP, DCCP, ESP and IPComp, from port 40000 to 7."""
import socket, struct, sys

FAMILY, HOST = (socket.AF_INET, "127.0.0.1") if sys.argv[1] == "4" else (socket.AF_INET6, "::1")
PORTS = struct.pack("!HH", 40000, 7)


def checksum(data):
    """SCTP's CRC-32c, last byte first."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xffffffff)


def send(protocol, data):
    with socket.socket(FAMILY, socket.SOCK_RAW, protocol) as raw:
        raw.sendto(data, (HOST, 0))


with socket.socket(FAMILY, socket.SOCK_DGRAM) as udp:
    udp.bind((HOST, 40000))
    udp.sendto(b"x", (HOST, 7))
INIT = struct.pack("!BBHIIHHI", 1, 0, 20, 1, 1500, 1, 1, 1)
send(132, PORTS + bytes(4) + checksum(PORTS + bytes(8) + INIT) + INIT)
send(33, PORTS + struct.pack("!BBHBBHI", 4, 0, 0, 0, 0, 0, 1) + bytes(4))
send(50, struct.pack("!II", 4660, 1) + bytes(24))
send(108, struct.pack("!BBH", 17, 0, 5) + bytes(8))
