/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes format 1, for the fw-load that is being replaced. To be deleted with it. */
#ifndef FW_STORE_OLD_WRITE_H
#define FW_STORE_OLD_WRITE_H

#include "store/store_v1.h"

must_check int state_write(const struct state *state, unsigned generation, const char *part,
			   const struct strbuf *input, const struct strbuf *text);
must_check int state_write_packed(const struct state *state, unsigned generation, const struct strbuf *packed);
must_check int state_read(const struct state *state, unsigned generation, const char *part, struct strbuf *out);
must_check int state_write_pending(const struct state *state, const struct pending *pending);
must_check int state_clear_pending(const struct state *state);
must_check int state_finish_flip(const struct state *state);
enum family generation_families(const struct state *state, unsigned number);

#endif
