package app

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func TestSetupDoesOnlyWhatItKnows(t *testing.T) {
	for _, args := range [][]string{{"setup", "everything"}, {"setup", "note-key", "note-key"}} {
		if code, out := parley(t, "NATS_URL=nats://127.0.0.1:1", args...); code != 2 || !strings.Contains(out, "nothing to do for") {
			t.Errorf("%v ends with %d and says %q", args, code, out)
		}
	}
}

func TestOnOneNodeThereIsNothingToBalance(t *testing.T) {
	t.Parallel()
	code, out := parley(t, "NATS_URL="+door(t, bustest.Start(t)), "setup", "balance")
	if code != 0 || !strings.HasPrefix(out, "NATS is one node, or keeps one copy: there is nothing to balance.\n") {
		t.Errorf("it ends with %d and says %q", code, out)
	}
}
