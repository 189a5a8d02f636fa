/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * inject INTERFACE MAC tcp|udp SOURCE DESTINATION PORT: sends one packet, a SYN or a byte of UDP, from INTERFACE to the
 * neighbour MAC, from any address to any other, as a router on the way would forward it.
 */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The Internet checksum over two pieces; the first has an even length. */
static uint16_t checksum(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < a_len; i++)
		sum += i % 2 == 0 ? (uint32_t)a[i] << 8 : a[i];
	for (size_t i = 0; i < b_len; i++)
		sum += i % 2 == 0 ? (uint32_t)b[i] << 8 : b[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* The sum of the pseudo header of TCP and UDP: addresses, length and protocol. */
static size_t pseudo_header(uint8_t *out, const uint8_t *from, const uint8_t *to, size_t width, size_t len,
			    uint8_t proto)
{
	memset(out, 0, 40);
	memcpy(out, from, width);
	memcpy(out + width, to, width);
	out[2 * width + (width == 4 ? 1 : 7)] = proto;
	out[2 * width + (width == 4 ? 3 : 3)] = (uint8_t)len;
	return width == 4 ? 12 : 40;
}

static size_t fill_transport(uint8_t *out, bool tcp, uint16_t port)
{
	struct tcphdr syn = { .th_sport = htons(40000),
			      .th_dport = htons(port),
			      .th_seq = htonl(1),
			      .th_off = 5,
			      .th_flags = TH_SYN,
			      .th_win = htons(65535) };
	struct udphdr udp = { .uh_sport = htons(40000), .uh_dport = htons(port), .uh_ulen = htons(9) };

	if (tcp) {
		memcpy(out, &syn, sizeof(syn));
		return sizeof(syn);
	}
	memcpy(out, &udp, sizeof(udp));
	out[8] = 'x';
	return 9;
}

static size_t fill_packet(uint8_t *out, bool ipv6, bool tcp, const uint8_t *from, const uint8_t *to,
			  uint16_t port)
{
	size_t width = ipv6 ? 16 : 4, header = ipv6 ? 40 : 20, len, pseudo;
	uint8_t sum[40], proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	struct iphdr v4 = { .version = 4, .ihl = 5, .ttl = 64, .protocol = proto };
	struct ip6_hdr v6 = { .ip6_hlim = 64, .ip6_nxt = proto };
	uint16_t check;

	len = fill_transport(out + header, tcp, port);
	pseudo = pseudo_header(sum, from, to, width, len, proto);
	check = checksum(sum, pseudo, out + header, len);
	memcpy(out + header + (tcp ? 16 : 6), &check, 2);
	if (ipv6) {
		v6.ip6_vfc = 0x60;
		v6.ip6_plen = htons((uint16_t)len);
		memcpy(&v6.ip6_src, from, 16);
		memcpy(&v6.ip6_dst, to, 16);
		memcpy(out, &v6, sizeof(v6));
	} else {
		v4.tot_len = htons((uint16_t)(header + len));
		memcpy(&v4.saddr, from, 4);
		memcpy(&v4.daddr, to, 4);
		v4.check = checksum((const uint8_t *)&v4, sizeof(v4), NULL, 0);
		memcpy(out, &v4, sizeof(v4));
	}
	return header + len;
}

int main(int argc, char *argv[])
{
	uint8_t packet[128] = { 0 }, from[16], to[16];
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_halen = 6 };
	bool ipv6 = argc == 7 && strchr(argv[4], ':') != NULL;
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	size_t len;

	if (argc != 7 || inet_pton(ipv6 ? AF_INET6 : AF_INET, argv[4], from) != 1 ||
	    inet_pton(ipv6 ? AF_INET6 : AF_INET, argv[5], to) != 1 ||
	    sscanf(argv[2], "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &link.sll_addr[0], &link.sll_addr[1],
		   &link.sll_addr[2], &link.sll_addr[3], &link.sll_addr[4], &link.sll_addr[5]) != 6) {
		fputs("usage: inject interface mac tcp|udp source destination port\n", stderr);
		return 2;
	}
	link.sll_ifindex = (int)if_nametoindex(argv[1]);
	link.sll_protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	len = fill_packet(packet, ipv6, strcmp(argv[3], "tcp") == 0, from, to, (uint16_t)atoi(argv[6]));
	if (sendto(fd, packet, len, 0, (struct sockaddr *)&link, sizeof(link)) != (ssize_t)len) {
		perror("inject");
		return 3;
	}
	return 0;
}
