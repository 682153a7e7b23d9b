package escalation

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// A replica may note its own write after it has heard what another one wrote on top of it.
func TestWhatIsKnownOfPlacesNeverGoesBack(t *testing.T) {
	var h held
	places := func(n int) desk.Holds {
		return make(desk.Holds, n)
	}
	for _, step := range []struct {
		n    int
		at   uint64
		want int
	}{
		{2, 10, 2},
		{1, 12, 1}, // heard of
		{2, 11, 1}, // its own write, which is older
		{3, 12, 3}, // as new: its own write, heard of
		{0, 14, 0},
		{4, 13, 0},
	} {
		if h.put("ada", places(step.n), step.at); h.count("ada") != step.want {
			t.Errorf("after %d places at revision %d Ada has %d, want %d", step.n, step.at, h.count("ada"), step.want)
		}
	}
	h.sync(map[string]desk.Holds{desk.HoldsKey("ada"): places(1), desk.HoldsKey("grace"): places(2)}, map[string]uint64{"ada": 20, "grace": 21, "gone": 30})
	h.put("ada", places(3), 19)
	h.put("gone", places(1), 25) // made anew
	if n, ok := h.total(); n != 4 || !ok || h.count("ada") != 1 {
		t.Errorf("read as a whole: %d places, Ada has %d", n, h.count("ada"))
	}
	if got := h.holders(chat.ID("")); len(got) != 3 {
		t.Errorf("they are of %v", got)
	}
}
