package export_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/export"
)

var at = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Whatever people write is text in a transcript, and what is for agents is not in a visitor's.
func TestATranscriptIsTextAlone(t *testing.T) {
	hostile := `<script>alert(1)</script>"' onload=x`
	file := chat.File{ID: strings.Repeat("a", chat.FileIDLength), Name: hostile + ".PDF", Size: 7, Alt: hostile}
	events := []chat.Event{
		{Chat: "c", At: at, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: hostile}, Text: hostile, Parts: &chat.Parts{Files: []chat.File{file}}},
		{Chat: "c", At: at.Add(20 * time.Hour), Kind: chat.Note, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace"}, Text: "for colleagues"},
		{Chat: "c", At: at.Add(20 * time.Hour), Kind: chat.Request, Request: chat.Rate, Score: 4, Text: hostile},
	}
	page := func(reader chat.Role, links string) string {
		var b strings.Builder
		if err := export.Transcript(&b, events, reader, links); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	agents, visitors := page(chat.RoleAgent, "files/"), page(chat.RoleVisitor, "")
	for _, p := range []string{agents, visitors} {
		if strings.Contains(p, "<script") || strings.Contains(p, `"' onload`) || !strings.Contains(p, "&lt;script&gt;") {
			t.Errorf("not text alone: %s", p)
		}
		if strings.Count(p, "<h2>") != 2 || !strings.Contains(p, "Rated 4 of 5: ") {
			t.Errorf("days and ratings: %s", p)
		}
	}
	if !strings.Contains(agents, "for colleagues") || strings.Contains(visitors, "for colleagues") {
		t.Error("notes are for agents, and for them alone")
	}
	if want := `href="files/` + file.ID + `.pdf"`; !strings.Contains(agents, want) || strings.Contains(visitors, "href") {
		t.Errorf("links to files: %s", agents)
	}
}

func TestNamesOfFilesFitAnyFileSystem(t *testing.T) {
	id := strings.Repeat("b", chat.FileIDLength)
	for name, want := range map[string]string{
		"a.png": id + ".png", "A.PNG": id + ".png", "none": id, "..": id, "x.../../etc": id, "long." + strings.Repeat("x", 100): id, "ü.ä": id,
	} {
		if got := export.FileName(chat.File{ID: id, Name: name}); got != want {
			t.Errorf("%q is called %q, not %q", name, got, want)
		}
	}
}
