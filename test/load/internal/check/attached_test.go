package check

import (
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestFilesOfMessagesCanBeFetchedByteForByte(t *testing.T) {
	good := history.Fetched{Chat: chatA, ID: "f1", Status: 200, Hash: "h1", Size: 7, Public: 404}
	for name, c := range map[string]struct {
		change func(*history.Fetched)
		rule   string
	}{
		"all is well":             {func(*history.Fetched) {}, ""},
		"it is gone":              {func(f *history.Fetched) { f.Status = 404 }, FileLost},
		"other bytes":             {func(f *history.Fetched) { f.Hash = "h2" }, FileLost},
		"too few":                 {func(f *history.Fetched) { f.Size = 6 }, FileLost},
		"nobody could look at it": {func(f *history.Fetched) { f.ID = "f2" }, FileLost},
		"whoever asks gets it":    {func(f *history.Fetched) { f.Public = 200 }, FileShown},
		"it is left in NATS":      {func(f *history.Fetched) { f.Left = true }, FileLeft},
	} {
		got := good
		c.change(&got)
		b := newBook(Options{Fetched: map[fileOf]history.Fetched{{got.Chat, got.ID}: got}})
		events := []history.Event{{Chat: chatA, Seq: 1, Kind: "message", Role: "visitor", ID: "m1", Files: history.AttachedList([]history.Attached{{ID: "f1", Hash: "h1", Size: 7}})}}
		b.readLogs(events, events)
		b.attached(b.chat(chatA))
		switch r := b.report(); {
		case c.rule == "" && len(r.Violations) > 0:
			t.Errorf("%s:\n%s", name, formatted(t, r))
		case c.rule != "" && (len(r.Violations) != 1 || r.Violations[0].Rule != c.rule):
			t.Errorf("%s: not found:\n%s", name, formatted(t, r))
		}
	}
}

func TestAMessageNamesTheFilesThatWereSent(t *testing.T) {
	s := &sent{op: history.Send, what: "message", text: "look", files: "f1 h1 7"}
	for files, want := range map[string]bool{"f1 h1 7": true, "": false, "f1 h2 7": false, "f1 h1 7\nf2 h2 8": false} {
		if wrong := alteration(s, history.Event{Kind: "message", Text: "look", Files: files}); (wrong == "") != want {
			t.Errorf("stored with %q: %q", files, wrong)
		}
	}
}
