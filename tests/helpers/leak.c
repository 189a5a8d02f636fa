/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Traffic across reloads, to find forbidden packets that pass and allowed ones that are lost.
 *
 *	leak receive SECONDS              counts what arrives on UDP 5000 (allowed) and 6000 (forbidden), and the
 *	                                  connections to TCP 7000 (forbidden); prints one line at the end
 *	leak send ADDRESS RATE SECONDS    sends numbered pairs to 5000 and 6000, and as many SYNs to 7000 as fit between;
 *	                                  prints the numbers sent
 *
 * SIGTERM ends both early: first the sender, then, when everything has arrived, the receiver.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int open_port(int type, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), space = 64 << 20, one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &space, sizeof(space));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    (type == SOCK_STREAM && listen(fd, 4096) != 0)) {
		perror("leak: bind");
		exit(3);
	}
	return fd;
}

/* Returns the number of packets that wait on fd; *first and *last are the lowest and the highest number seen. */
static unsigned long take(int fd, uint32_t *first, uint32_t *last)
{
	unsigned long count = 0;
	uint32_t number;

	while (recv(fd, &number, sizeof(number), 0) == (ssize_t)sizeof(number)) {
		count++;
		*first = number < *first ? number : *first;
		*last = number > *last ? number : *last;
	}
	return count;
}

static int receive(double seconds)
{
	struct pollfd fds[] = { { open_port(SOCK_DGRAM, 5000), POLLIN, 0 },
				{ open_port(SOCK_DGRAM, 6000), POLLIN, 0 },
				{ open_port(SOCK_STREAM, 7000), POLLIN, 0 } };
	unsigned long allowed = 0, leaked = 0, connected = 0;
	uint32_t first = UINT32_MAX, last = 0, any = 0, other = 0;
	double end = now() + seconds + 1;

	while (now() < end && !stopped) {
		poll(fds, 3, 50);
		allowed += take(fds[0].fd, &first, &last);
		leaked += take(fds[1].fd, &any, &other);
		for (int fd; (fd = accept(fds[2].fd, NULL, NULL)) >= 0; close(fd))
			connected++;
	}
	printf("received %lu lost %lu leaked %lu connected %lu first %u last %u\n", allowed,
	       allowed > 0 ? (unsigned long)last - first + 1 - allowed : 0, leaked, connected, first, last);
	return 0;
}

/* One SYN to a port that must not answer. */
static void knock(struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct linger reset = { 1, 0 };

	to->sin_port = htons(7000);
	if (fd < 0)
		return;
	(void)!connect(fd, (struct sockaddr *)to, sizeof(*to));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static int send_all(const char *address, unsigned rate, double seconds)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	double start = now(), end = start + seconds;
	unsigned long syns = 0;
	uint32_t number = 0;

	inet_pton(AF_INET, address, &to.sin_addr);
	while (now() < end && !stopped) {
		uint32_t due = (uint32_t)((now() - start) * rate);

		for (; number < due; number++) {
			to.sin_port = htons(5000);
			(void)!sendto(fd, &number, sizeof(number), 0, (struct sockaddr *)&to, sizeof(to));
			to.sin_port = htons(6000);
			(void)!sendto(fd, &number, sizeof(number), 0, (struct sockaddr *)&to, sizeof(to));
			knock(&to);
			syns++;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
	}
	printf("sent %u syns %lu\n", number, syns);
	return 0;
}

int main(int argc, char *argv[])
{
	signal(SIGTERM, stop);
	if (argc == 3 && strcmp(argv[1], "receive") == 0)
		return receive(atof(argv[2]));
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return send_all(argv[2], (unsigned)atoi(argv[3]), atof(argv[4]));
	fputs("usage: leak receive SECONDS | leak send ADDRESS RATE SECONDS\n", stderr);
	return 2;
}
