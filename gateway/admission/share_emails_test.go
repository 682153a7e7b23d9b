package admission

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Whoever leaves addresses without end is stopped; an office of a thousand, all of whom leave
// one within an hour in which nobody is there, is not.
func TestLeavingAddressesIsBounded(t *testing.T) {
	a, _, refused := clocked(byDefault())
	w, left := a.writer(t, "192.0.2.1", 1), 0
	for range 100 {
		if w.ask(chat.LeaveEmail) == nil {
			left++
		}
	}
	if left != 5 || refused["emails-chat"] == 0 {
		t.Errorf("one chat left %d addresses at once; refused: %v", left, refused)
	}
	crowd := 0
	for i := range 2000 {
		if a.writer(t, "192.0.2.1", 10+i).ask(chat.LeaveEmail) == nil {
			crowd++
		}
	}
	if crowd > 751 || refused["emails-address"] == 0 {
		t.Errorf("one address left %d at once; refused: %v", crowd, refused)
	}
	if no := a.writer(t, "198.51.100.7", 1e6).ask(chat.LeaveEmail); no != nil {
		t.Errorf("somebody else: %v", no)
	}
	if no := w.ask(chat.Escalate); no != nil {
		t.Errorf("nobody can be asked for: %v", no)
	}

	a, pass, refused := clocked(byDefault())
	for i := range 1000 {
		pass(3600 * time.Millisecond)
		if no := a.writer(t, "192.0.2.1", i).ask(chat.LeaveEmail); no != nil {
			t.Fatalf("after %d of an office: %v (%v)", i, no, refused)
		}
	}
}
