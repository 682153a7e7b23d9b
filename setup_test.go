package main

import (
	"strings"
	"testing"
)

func TestSetupDoesOnlyWhatItKnows(t *testing.T) {
	for _, args := range [][]string{{"setup", "everything"}, {"setup", "note-key", "note-key"}} {
		if code, out := parleyWith(t, "NATS_URL=nats://127.0.0.1:1", args...); code != 2 || !strings.Contains(out, "nothing to do for") {
			t.Errorf("%v ends with %d and says %q", args, code, out)
		}
	}
}
