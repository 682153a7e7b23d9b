package deploy

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// cantTell shows what permissions on subjects can't refuse, because it depends on a
// request's body or reply subject. docs/nats-permissions.md says so; if a later NATS
// can refuse it, this fails and the page has to change.
func cantTell(t *testing.T, c *cluster) {
	admin := c.connect("admin")
	heard := func(subject string) *nats.Subscription {
		sub, err := admin.SubscribeSync(subject)
		if err != nil {
			t.Fatal(err)
		}
		if err := admin.Flush(); err != nil {
			t.Fatal(err)
		}
		return sub
	}
	t.Run("who may read chats gets a note from its stream, and not its words", func(t *testing.T) {
		bot := c.connect("botworker")
		var notes []string
		for i := range 8 {
			stream := "CHAT_" + string(rune('0'+i))
			reply, err := bot.Request("$JS.API.STREAM.MSG.GET."+stream, []byte(`{"seq":1,"next_by_subj":"note.>"}`), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			var resp struct {
				Message *struct {
					Subject string
					Data    []byte
				} `json:"message"`
			}
			if err := json.Unmarshal(reply.Data, &resp); err != nil {
				t.Fatal(err)
			}
			if resp.Message == nil || !strings.HasPrefix(resp.Message.Subject, "note.") {
				continue
			}
			notes = append(notes, string(resp.Message.Data))
			eventually(t, "a copy of the stream answers", func() bool {
				direct, err := bot.Request("$JS.API.DIRECT.GET."+stream, []byte(`{"seq":1,"next_by_subj":"note.>"}`), time.Minute)
				if err != nil || direct.Header.Get("Status") != "" { // a lagging replica has none
					return false
				}
				notes = append(notes, string(direct.Data))
				return true
			})
		}
		if len(notes) < 2 || len(notes)%2 != 0 {
			t.Fatalf("the bot read %d notes, want each of the story's first ones in two ways; if NATS now refuses that, say so in docs/nats-permissions.md", len(notes))
		}
		for _, n := range notes {
			if !strings.Contains(n, `"bob"`) && !strings.Contains(n, `"role":"bot"`) || !strings.Contains(n, `"sealed"`) || strings.Contains(n, "nice") || strings.Contains(n, "asked for a person") {
				t.Errorf("the bot reads the note as %s", n)
			}
		}
	})
	t.Run("JetStream answers wherever it is told to", func(t *testing.T) {
		const forged = "chat.0.bbbbbbbbbbbbbbbb.out.say"
		stored := heard("live." + forged)
		gateway := c.connect("gateway")
		// A text of its own, from where it may write, sent to where it may not.
		if _, err := c.jetStream("gateway").Publish(t.Context(), "$KV.presence.forged", []byte("words")); err != nil {
			t.Fatal(err)
		}
		// A lagging replica of the bucket answers that there is nothing.
		eventually(t, "NATS answers to a subject that the asker may not publish to (if it does not any more: say so in docs/nats-permissions.md)", func() bool {
			if err := gateway.PublishRequest("$JS.API.DIRECT.GET.KV_presence.$KV.presence.forged", forged, nil); err != nil {
				t.Fatal(err)
			}
			msg, err := stored.NextMsg(time.Second)
			return err == nil && string(msg.Data) == "words"
		})
	})
}
