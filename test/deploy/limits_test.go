package deploy

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// cantTell shows what permissions on subjects can't refuse, because what is asked
// for stands in a request's body or in its reply subject. docs/nats-permissions.md
// says so; where a later NATS can refuse it, this fails and the page is to be changed.
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
	t.Run("a note is read from its stream by whoever may read chats there", func(t *testing.T) {
		bot := c.connect("botworker")
		read := false
		for i := range 8 {
			body := []byte(`{"seq":1,"next_by_subj":"note.>"}`)
			reply, err := bot.Request("$JS.API.STREAM.MSG.GET.CHAT_"+string(rune('0'+i)), body, 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			var resp struct {
				Message *struct{ Subject string } `json:"message"`
			}
			if err := json.Unmarshal(reply.Data, &resp); err != nil {
				t.Fatal(err)
			}
			read = read || resp.Message != nil && strings.HasPrefix(resp.Message.Subject, "note.")
		}
		if !read {
			t.Error("the bot can't read notes any more: say so in docs/nats-permissions.md")
		}
	})
	t.Run("JetStream answers wherever it is told to", func(t *testing.T) {
		const forged = "chat.0.bbbbbbbbbbbbbbbb.out.say"
		stored := heard("live." + forged)
		gateway := c.connect("gateway")
		// Words of its own, from where it may write, sent where it may not.
		if _, err := c.jetStream("gateway").Publish(t.Context(), "$KV.presence.forged", []byte("words")); err != nil {
			t.Fatal(err)
		}
		// A replica of the bucket that lags answers that there is nothing.
		eventually(t, "NATS answers to a subject that the asker may not publish to (if it does not any more: say so in docs/nats-permissions.md)", func() bool {
			if err := gateway.PublishRequest("$JS.API.DIRECT.GET.KV_presence.$KV.presence.forged", forged, nil); err != nil {
				t.Fatal(err)
			}
			msg, err := stored.NextMsg(time.Second)
			return err == nil && string(msg.Data) == "words"
		})
	})
}
