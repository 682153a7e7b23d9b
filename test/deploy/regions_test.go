package deploy

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/deploy/permissions"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// from is the URL by which another region's gateways reach this one, as the user that they are.
func (c *cluster) from(node int) string {
	return fmt.Sprintf("tls://gateway-afar:%s@%s", c.manifests.secretData("nats-users")[permissions.PasswordKey("gateway-afar")], c.address(node))
}

// Two regions with the users of their manifests: gateways reach the other one as gateway-afar,
// which is permitted all that a visitor and an agent who are elsewhere need, and what is merged
// gets across.
func TestTwoRegionsWorkUnderTheirPermissions(t *testing.T) {
	eu, ap := startNATS(t, "local", nil), startNATS(t, "local", nil)
	// One authority signed the certificates of both, as it has to.
	list := fmt.Sprintf("REGIONS=eu=%s;ap=%s", eu.from(0), ap.from(1))
	const key = "TOKEN_KEY=the key of both regions, 32 characters or more"
	var all []*process
	start := func(c *cluster, region, role string, extra ...string) *process {
		p := c.startRole(role, append(extra, "REGION="+region)...)
		all = append(all, p)
		return p
	}
	for region, c := range map[string]*cluster{"eu": eu, "ap": ap} {
		start(c, region, "setup", list, key).ends() // the streams state both, and gateways may not change them
	}
	for _, role := range roles.All() {
		if role.Name != roles.Gateway.Name {
			start(eu, "eu", role.Name)
		}
	}
	geu := start(eu, "eu", "gateway", list, key)
	geu.says(`"visitors":`)
	start(ap, "ap", roles.Escalation.Name)
	start(ap, "ap", roles.Historyworker.Name)
	gap := start(ap, "ap", "gateway", list, key, "ADMIN_PASSWORD=") // it begins with eu's accounts
	gap.says(`"visitors":`)

	ada := talktest.Dial(t, geu.url)
	met := ada.Hello("Ada", talk.Secret(), 0)
	first := ada.Do("t", "send", "id", "m1", "text", "What is Parley?").Seq
	ada.Event("reply", "")
	moved := talktest.Dial(t, gap.url)
	moved.Do("t", "hello", "name", "Ada", "token", met.Token, "since", first, "about", map[string]any{"page": "https://shop.example/"})
	moved.Do("t", "send", "id", "m2", "text", "How do I run it?")
	heard := moved.Event("reply", "")
	moved.Send("t", "send", "id", "m2", "text", "How do I run it?", "again", true)
	moved.Send("t", "typing", "on", true)
	moved.Send("t", "read", "seq", heard.Seq)
	moved.Do("t", "page", "id", "p1", "before", heard.Seq, "limit", 10)

	const password = "correct horse battery"
	admin := talktest.Login(t, geu.url, "admin", eu.manifests.secretData("parley")["ADMIN_PASSWORD"])
	talktest.Call(t, geu.url, http.MethodPost, "/api/agents", `{"user":"bob","name":"Bob","role":"agent","password":"`+password+`"}`, admin)
	eventually(t, "bob, who was made in eu, to sign in in ap", func() bool {
		_, err := talk.Login(context.Background(), gap.url, "bob", password)
		return err == nil
	})
	bob := talktest.Console(t, gap.url, "bob", password)
	bob.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	eventually(t, "bob to be online in eu", func() bool {
		kv, err := eu.jetStream("admin").KeyValue(t.Context(), "presence")
		if err != nil {
			return false
		}
		_, err = kv.Get(t.Context(), "bob")
		return err == nil
	})
	moved.Do("t", "escalate", "id", "e1")
	bob.Find("the chat on the desk", func(f talk.Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == met.Chat })
	bob.Do("t", "open", "id", "o1", "chat", met.Chat)
	bob.Do("t", "take", "id", "t1", "chat", met.Chat)
	bob.Send("t", "typing", "chat", met.Chat, "on", true)
	bob.Do("t", "say", "id", "s1", "chat", met.Chat, "text", "Hello, I am Bob.")
	ada.Event("say", "I am Bob")
	moved.Event("say", "I am Bob")
	bob.Do("t", "note", "id", "n1", "chat", met.Chat, "text", "Seems nice.")
	bob.Event("note", "Seems nice")
	bob.Do("t", "card", "id", "c1", "chat", met.Chat, "edit", map[string]any{"add": []string{"VIP"}})
	bob.Do("t", "page", "id", "p1", "chat", met.Chat, "limit", 50)
	if len(bob.Do("t", "chats", "id", "c2", "limit", 10).Chats) == 0 {
		t.Error("the list of chats has none of eu")
	}
	bob.Do("t", "return", "id", "r1", "chat", met.Chat)
	bob.Do("t", "close", "id", "x1", "chat", met.Chat)
	moved.Do("t", "forget", "id", "f1", "token", met.Token)
	if no := talktest.Dial(t, geu.url).Ask("t", "hello", "name", "Ada", "token", met.Token); no.Code != "bad_token" {
		t.Errorf("forgotten in ap, and in eu its token gets %+v", no)
	}
	for _, p := range all {
		for _, line := range p.complaints() {
			if strings.Contains(line, "begins with the accounts of the region eu") {
				continue // it waited for that region's connection
			}
			t.Errorf("%s complains: %s", p.name, line)
		}
		if said := p.said(); strings.Contains(said, "can't be used") || strings.Contains(said, "can't be merged") {
			t.Errorf("%s: %s", p.name, said)
		}
	}
}
