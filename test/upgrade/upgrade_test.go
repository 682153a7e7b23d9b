package upgrade

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/upgrade/internal/folder"
)

// This version reads every chat that an earlier one wrote, and goes on with it.
func TestThisVersionGoesOnWithTheDataOfEarlierOnes(t *testing.T) {
	written, err := filepath.Glob("testdata/*/chats.json")
	if err != nil || len(written) == 0 {
		t.Fatalf("no data: %v", err)
	}
	program, err := folder.Build(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range written {
		from := filepath.Dir(path)
		t.Run(filepath.Base(from), func(t *testing.T) {
			dir := t.TempDir()
			chats, err := folder.Read(from, dir)
			if err != nil {
				t.Fatal(err)
			}
			// The second time it finds what it has written itself.
			for start := range 2 {
				url, stop, err := folder.Start(t.Context(), program, dir)
				if err != nil {
					t.Fatal(err)
				}
				goOn(t, url, chats, start)
				if err := stop(); err != nil {
					t.Errorf("it ends with %v", err)
				}
				if _, err := os.Stat(filepath.Join(dir, "history.db")); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func goOn(t *testing.T, url string, chats []folder.Chat, start int) {
	// The account is there, with its password.
	agent, err := talk.SignIn(t.Context(), url, "admin", folder.Password)
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	for i := range chats {
		c := &chats[i]
		t.Run(fmt.Sprint(c.Status, " ", start), func(t *testing.T) {
			visitor, welcome, err := folder.Visit(t.Context(), url, c.Name, c.Token)
			if err != nil {
				t.Fatal(err)
			}
			defer visitor.Close()
			if welcome.Chat != c.ID || welcome.Status != c.Status {
				t.Fatalf("the chat is %s, %s, want %s, %s", welcome.Chat, welcome.Status, c.ID, c.Status)
			}
			isAsBefore(t, c, visitor)
			// What the browser sent long ago, and sends again.
			sent := c.Events[slices.IndexFunc(c.Events, func(e folder.Event) bool { return e.ID != "" })]
			ack, err := visitor.Do(t.Context(), map[string]any{"t": "send", "id": sent.ID, "text": sent.Text, "again": true})
			if err != nil || ack.T != "ack" || ack.Seq != sent.Seq {
				t.Errorf("%s, sent again, is answered by %s %d %s (%v), want an ack of %d", sent.ID, ack.T, ack.Seq, ack.Message, err, sent.Seq)
			}
			if c.Note != "" {
				if err := agent.Act(t.Context(), "open", c.ID, ""); err != nil {
					t.Error(err)
				}
				if err := agent.Hears(t.Context(), c.Note); err != nil {
					t.Error(err)
				}
			}
			if c.Status == "waiting" {
				_, err := agent.Await(t.Context(), "the chat on the desk", func(f talk.Frame) bool {
					return slices.ContainsFunc(f.Desk, func(e talk.Frame) bool { return e.Chat == c.ID && e.Status == c.Status })
				})
				if err != nil {
					t.Error(err)
				}
			}
			goesOn(t, c, visitor, agent, start)
			c.Events = nil
			for _, f := range visitor.Seen() {
				if f.T == "event" {
					c.Events = append(c.Events, c.Event(f))
				}
			}
		})
	}
}

// isAsBefore compares what the stream and what the store have of the chat with the record.
func isAsBefore(t *testing.T, c *folder.Chat, visitor *talk.Client) {
	t.Helper()
	page, err := visitor.Do(t.Context(), map[string]any{"t": "page", "id": "p", "before": c.Events[len(c.Events)-1].Seq + 1, "limit": 100})
	if err != nil || page.T != "page" {
		t.Fatalf("a page is answered by %s %s (%v)", page.T, page.Message, err)
	}
	for from, frames := range map[string][]talk.Frame{"stream": visitor.Seen(), "store": page.Events} {
		var got []folder.Event
		for _, f := range frames {
			if f.T == "event" || from == "store" {
				got = append(got, c.Event(f))
			}
		}
		if !slices.Equal(got, c.Events) {
			t.Errorf("from the %s the chat is\n%v, want\n%v", from, got, c.Events)
		}
	}
}

// goesOn has the chat continued, by whoever speaks in it.
func goesOn(t *testing.T, c *folder.Chat, visitor *talk.Client, agent *talk.Agent, start int) {
	t.Helper()
	text := fmt.Sprint("I am back, ", start)
	visitor.Forget()
	ack, err := visitor.Do(t.Context(), map[string]any{"t": "send", "id": fmt.Sprint("back-", start), "text": text})
	if err != nil || ack.T != "ack" {
		t.Fatalf("a message is answered by %s %s (%v)", ack.T, ack.Message, err)
	}
	switch c.Status {
	case "waiting": // still; the second time an agent comes
		if _, err = visitor.Await(t.Context(), "the message", func(f talk.Frame) bool { return f.T == "event" && f.Seq == ack.Seq }); err != nil || start == 0 {
			break
		}
		for _, act := range []string{"open", "take", "say"} {
			words := ""
			if act == "say" {
				words = "Here I am."
			}
			if err := agent.Act(t.Context(), act, c.ID, words); err != nil {
				t.Fatal(err)
			}
		}
		_, err = visitor.Await(t.Context(), "the agent's words", func(f talk.Frame) bool { return f.Kind == "say" })
	default: // the bot answers; a closed chat is open again
		_, err = visitor.Await(t.Context(), "an answer", func(f talk.Frame) bool { return f.Kind == "reply" && f.Seq > ack.Seq })
		c.Status = "bot"
	}
	if err != nil {
		t.Error(err)
	}
}
