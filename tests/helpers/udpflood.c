/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * udpflood SOURCE COUNT: sends COUNT small UDP packets over loopback from SOURCE to a socket of its own that it never
 * reads, so that their cost is that of the rules.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
	struct sockaddr_in source = { .sin_family = AF_INET }, target = { .sin_family = AF_INET };
	socklen_t len = sizeof(target);
	int sink = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 3 || inet_pton(AF_INET, argv[1], &source.sin_addr) != 1) {
		fputs("usage: udpflood source count\n", stderr);
		return 2;
	}
	target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(sink, (struct sockaddr *)&target, sizeof(target)) != 0 ||
	    getsockname(sink, (struct sockaddr *)&target, &len) != 0 ||
	    bind(fd, (struct sockaddr *)&source, sizeof(source)) != 0) {
		perror("udpflood");
		return 3;
	}
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&target, sizeof(target)) != 1) {
			perror("udpflood: sendto");
			return 3;
		}
	return 0;
}
