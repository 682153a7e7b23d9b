package bus

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func FuzzParseSubject(f *testing.F) {
	id := chat.NewID()
	for _, s := range []Subject{inSubject(id), outSubjects(id), noteSubject(id), liveSubjects(id), signalSubject(id), timerDue(id, "idle"), "chat.*.>", ""} {
		f.Add(string(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, _, err := parseSubject(s)
		if err != nil {
			return
		}
		if _, err := chat.ParseID(string(id)); err != nil || !strings.Contains(s, string(id)) {
			t.Errorf("%q names chat %q", s, id)
		}
	})
}
