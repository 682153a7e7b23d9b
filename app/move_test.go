package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/moving"
)

func TestWhatIsToBeMoved(t *testing.T) {
	const id, other = "aaaaaaaaaaaaaaaaeu", "bbbbbbbbbbbbbbbbap"
	for _, c := range []struct {
		args, in string
		ids      int
		wrong    string
	}{
		{id + " to ap", "", 1, ""},
		{id + " " + other + " to us", "", 2, ""},
		{"- to us", id + "\n\n " + other + "\n", 2, ""},
		{"help", "", 0, ""},
		{id + " ap", "", 0, "say which chats"},
		{id + " to a.b", "", 0, "is not the name of a region"},
		{"chat.> to ap", "", 0, "is no chat"},
		{"- to ap", "", 0, "no chats to be moved"},
	} {
		ids, _, err := moveArgs(strings.Fields(c.args), strings.NewReader(c.in))
		if len(ids) != c.ids || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, %v", c.args, ids, err)
		}
	}
}

func TestWhatWasLostIsCounted(t *testing.T) {
	done := moving.GivenUp{Events: 70, Chats: 7, Desk: 2, Open: 1, Stuck: 1}
	for _, c := range []struct {
		disks  bool
		copied time.Time
		says   string
	}{
		{true, time.Time{}, "70 events were read"},
		{true, time.Unix(1800000000, 0), "70 events were read"},
		{false, time.Time{}, "all that is not here already is lost"},
		{false, time.Unix(1800000000, 0), "all that was said there until 2027-01-15 08:00:00 UTC"},
	} {
		var out bytes.Buffer
		if err := report(&out, "eu", c.disks, c.copied, done); err != nil || !strings.Contains(out.String(), c.says) || !strings.Contains(out.String(), "6 chats of eu go on here") || !strings.Contains(out.String(), "1 chats were moved 3 times") {
			t.Errorf("%s, %v", &out, err)
		}
	}
}
