/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * serve tcp:PORT|udp:PORT...: answers on these ports, for both families, until it is killed or the test that started it
 * ends. The answer to a TCP connection or a UDP packet is a line with the peer's address and port. Prints "ready" once all
 * ports are open.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_MAX 64

static int open_port(const char *spec)
{
	int type = strncmp(spec, "udp:", 4) == 0 ? SOCK_DGRAM : SOCK_STREAM;
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(spec + 4)) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), on = 1, off = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || (type == SOCK_STREAM && listen(fd, 128) != 0)) {
		perror(spec);
		exit(1);
	}
	return fd;
}

static size_t peer_text(const struct sockaddr_in6 *peer, char *text, size_t size)
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &peer->sin6_addr, address, sizeof(address));
	snprintf(text, size, "%s %d\n", address, ntohs(peer->sin6_port));
	return strlen(text);
}

static void answer(int fd)
{
	struct sockaddr_in6 peer = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(peer);
	int type = 0, connection;
	socklen_t type_len = sizeof(type);
	char text[128], packet[2048];

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
	if (type == SOCK_DGRAM) {
		if (recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&peer, &len) >= 0)
			sendto(fd, text, peer_text(&peer, text, sizeof(text)), 0, (struct sockaddr *)&peer, len);
		return;
	}
	connection = accept(fd, (struct sockaddr *)&peer, &len);
	if (connection < 0)
		return;
	if (write(connection, text, peer_text(&peer, text, sizeof(text))) < 0)
		perror("write");
	close(connection);
}

int main(int argc, char *argv[])
{
	struct pollfd ports[PORT_MAX];
	nfds_t count = 0;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (int i = 1; i < argc && count < PORT_MAX; i++)
		ports[count++] = (struct pollfd){ .fd = open_port(argv[i]), .events = POLLIN };
	puts("ready");
	fflush(stdout);
	while (poll(ports, count, -1) >= 0)
		for (nfds_t i = 0; i < count; i++)
			if ((ports[i].revents & POLLIN) != 0)
				answer(ports[i].fd);
	return 1;
}
