package bus

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// The same event has the same id at every gateway and in every version; another chat, side,
// account or client's id makes another one.
func TestNobodyCanOccupyAnothersMessageID(t *testing.T) {
	seen := map[string]chat.Event{}
	for _, id := range []chat.ID{"aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab"} {
		for _, role := range []chat.Role{chat.RoleVisitor, chat.RoleBot, chat.RoleAgent} {
			for _, user := range []string{"", "k", "ki", "k/i", "1"} {
				for _, client := range []string{"m", "im", "/im", "1/m", "4f1c1b7e-0d2a-4c57-9b1e-2f9f5a3f1f77"} {
					e := chat.Event{Chat: id, From: chat.Speaker{Role: role, User: user, Name: "Kim"}, ID: client, Text: "hello"}
					got := messageID(e)
					if other, taken := seen[got]; taken {
						t.Errorf("%+v and %+v have the same id, %s", e, other, got)
					}
					seen[got] = e
					e.Text, e.From.Name = "hello again", "Kimberly"
					if again := messageID(e); again != got || len(got) != 22 {
						t.Errorf("%+v has the ids %s and %s", e, got, again)
					}
				}
			}
		}
	}
	if got := messageID(chat.Event{Chat: "aaaaaaaaaaaaaaaa", From: chat.Speaker{Role: chat.RoleVisitor}, ID: "m"}); got != "7VnaYivMNzKjaTAxnddHFA" {
		t.Errorf("what was sent before an upgrade, and is sent again after it, would be stored twice: the id is %s", got)
	}
}
