/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "screen.h"
#include "base/file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct screen {
	struct termios before;
};

static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
	caught = signal;
}

static void put(const char *sequence)
{
	(void)!file_write(STDOUT_FILENO, sequence, strlen(sequence));
}

struct screen *screen_open(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct termios raw;
	struct screen *screen;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return NULL;
	screen = calloc(1, sizeof(*screen));
	if (screen == NULL || tcgetattr(STDIN_FILENO, &screen->before) != 0) {
		free(screen);
		return NULL;
	}
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
	raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	put("\033[?1049h\033[?25l\033[?7l"); /* another page, no cursor, long lines cut */
	return screen;
}

void screen_close(struct screen *screen)
{
	if (screen == NULL)
		return;
	put("\033[?7h\033[?25h\033[?1049l");
	tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
	free(screen);
}

struct screen_area screen_size(const struct screen *screen)
{
	struct winsize size;

	(void)screen;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return (struct screen_area){ 24, 80 };
	return (struct screen_area){ size.ws_row, size.ws_col };
}

int screen_wait(struct screen *screen, uint64_t milliseconds)
{
	struct pollfd input = { .fd = screen != NULL ? STDIN_FILENO : -1, .events = POLLIN };
	int ready = poll(&input, 1, milliseconds > 1000000 ? 1000000 : (int)milliseconds);
	char key;

	if (caught == SIGWINCH) {
		caught = 0;
		return SCREEN_RESIZED;
	}
	if (caught != 0)
		return SCREEN_END;
	if (ready <= 0)
		return SCREEN_TIMEOUT;
	return read(STDIN_FILENO, &key, 1) == 1 ? key : SCREEN_END;
}
