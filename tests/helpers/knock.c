/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * knock [-n COUNT] [-p SOURCE-PORT] [-s SOURCE] [-t MILLISECONDS] tcp|udp ADDRESS PORT: tries to reach a port, COUNT
 * times one after the other, and prints one word for each try: open (an answer came), refused (reset or ICMP error) or
 * dropped (no answer in time). With -v, the server's answer follows. Status 0 if the last try was open, else 1. The
 * default time to wait is what a busy machine may need (10 s); set a shorter one with -t where no answer is expected.
 * With -t 900, TCP sends one packet, since it repeats a SYN only after a second.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGAIN_MS 1000

struct target {
	int family, type;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to, from;
	socklen_t len;
	bool has_from, verbose;
	int wait;
};

static void set_address(struct target *target, const char *text, uint16_t port, bool from)
{
	bool ipv6 = strchr(text, ':') != NULL;
	void *at = ipv6 ? (from ? &target->from.v6.sin6_addr : &target->to.v6.sin6_addr) :
			  (void *)(from ? &target->from.v4.sin_addr : &target->to.v4.sin_addr);

	target->family = ipv6 ? AF_INET6 : AF_INET;
	target->len = ipv6 ? sizeof(target->to.v6) : sizeof(target->to.v4);
	if (inet_pton(target->family, text, at) != 1) {
		fprintf(stderr, "knock: %s is no address\n", text);
		exit(2);
	}
	(from ? &target->from.any : &target->to.any)->sa_family = (sa_family_t)target->family;
	(from ? &target->from.v4 : &target->to.v4)->sin_port = htons(port); /* the port is at the same offset in both families */
}

/* Like poll, and -1 for an error. Repeats UDP packets, because the kernel limits the rate of ICMP errors. */
static int await_first(int fd, struct pollfd *ready, const struct target *target)
{
	int left = target->wait, got;

	while ((got = poll(ready, 1, left < AGAIN_MS ? left : AGAIN_MS)) == 0 && left > AGAIN_MS) {
		left -= AGAIN_MS;
		if (target->type == SOCK_DGRAM && send(fd, "knock", 5, 0) < 0)
			return -1;
	}
	return got;
}

static const char *await(int fd, const struct target *target, char *text, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = target->type == SOCK_STREAM ? POLLOUT : POLLIN };
	int err = 0, first = await_first(fd, &ready, target);
	socklen_t len = sizeof(err);
	ssize_t got;

	if (first <= 0)
		return first == 0 ? "dropped" : "refused";
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err != 0)
		return err == ETIMEDOUT ? "dropped" : "refused";
	ready.events = POLLIN;
	if (poll(&ready, 1, target->wait) == 0)
		return "open";
	got = recv(fd, text, size - 1, 0);
	if (got < 0 && target->type == SOCK_DGRAM)
		return "refused";
	text[got > 0 ? got : 0] = '\0';
	return "open";
}

static const char *knock(const struct target *target, char *text, size_t size)
{
	int fd = socket(target->family, target->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const char *verdict;
	int on = 1;

	text[0] = '\0';
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* the port may wait for the end of an earlier knock */
	if (target->has_from && bind(fd, &target->from.any, target->len) != 0)
		perror("knock: bind");
	if (connect(fd, &target->to.any, target->len) != 0 && errno != EINPROGRESS)
		verdict = "refused";
	else if (target->type == SOCK_DGRAM && send(fd, "knock", 5, 0) < 0)
		verdict = "refused";
	else
		verdict = await(fd, target, text, size);
	close(fd);
	return verdict;
}

int main(int argc, char *argv[])
{
	struct target target = { .wait = 10000 };
	const char *verdict = "", *source = NULL;
	char text[256];
	int count = 1, port = 0, c;

	while ((c = getopt(argc, argv, "n:p:s:t:v")) != -1) {
		if (c == 'n')
			count = atoi(optarg);
		else if (c == 'p')
			port = atoi(optarg);
		else if (c == 's')
			source = optarg;
		else if (c == 't')
			target.wait = atoi(optarg);
		else if (c == 'v')
			target.verbose = true;
	}
	if (argc - optind != 3)
		return 2;
	target.type = strcmp(argv[optind], "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	set_address(&target, argv[optind + 1], (uint16_t)atoi(argv[optind + 2]), false);
	if (source == NULL && port != 0)
		source = target.family == AF_INET6 ? "::" : "0.0.0.0";
	if (source != NULL) {
		set_address(&target, source, (uint16_t)port, true);
		target.has_from = true;
	}
	for (int i = 0; i < count; i++) {
		verdict = knock(&target, text, sizeof(text));
		puts(verdict);
		if (target.verbose)
			fputs(text, stdout);
		fflush(stdout);
	}
	return strcmp(verdict, "open") == 0 ? 0 : 1;
}
