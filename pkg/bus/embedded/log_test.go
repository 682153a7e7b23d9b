package embedded

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestWhatACrashLeavesIsSaidOnceInPlainWords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := newNATSLog(zerolog.New(&out).Level(zerolog.InfoLevel))
	l.Warnf("Filestore [TIMERS] Message scheduling state is outdated; attempting to recover using linear scan (seq %d to %d)", 1, 20)
	l.Warnf("Filestore [KV_attempts] TTL state is outdated; attempting to recover using linear scan (seq %d to %d)", 1, 13)
	l.Warnf("Filestore [CHAT_0] Stream state outdated, last block has additional entries, will rebuild")
	l.Warnf("Filestore [CHAT_0] Stream state outdated, found extra blocks, will rebuild")
	l.Warnf("Filestore [CHAT_0] Recovering stream state from index errored: %v", "prior state file")
	if text := out.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `"level":"info"`) || !strings.Contains(text, "was not shut down last time") || strings.Contains(text, "CHAT_0") {
		t.Errorf("after a crash the log has %q", text)
	}
	for _, damage := range []string{
		"Filestore [CHAT_0] Stream state checksum did not match",
		"Filestore [CHAT_0] Recovering stream state from index errored: corrupt state file",
		"Filestore [CHAT_0] Stream state detected prior state, could not locate msg block 3",
	} {
		out.Reset()
		if l.Warnf("%s", damage); !strings.Contains(out.String(), `"level":"warn"`) || !strings.Contains(out.String(), damage) {
			t.Errorf("%q is told as %q", damage, out.String())
		}
	}
}
