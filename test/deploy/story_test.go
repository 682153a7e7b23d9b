package deploy

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The four roles, as the manifests start them, hold a conversation under their own
// NATS users: whatever they need is permitted. Then each forbidden act is refused.
func TestTheRolesWorkUnderTheirPermissions(t *testing.T) {
	c := startNATS(t, "local", nil)
	setup := c.startRole("setup")
	setup.ends()
	roles := []*process{c.startRole("historyworker"), c.startRole("escalation", "WAIT_LIMIT=5s"), c.startRole("botworker"), c.startRole("gateway")}
	for _, p := range roles {
		p.says(`"message":"running"`)
	}
	gateway := roles[3]
	gateway.says(`"visitors":`)
	t.Run("a conversation", func(t *testing.T) { conversation(t, c, gateway.url) })
	t.Run("a new key for notes", func(t *testing.T) { newNoteKey(t, c) })
	t.Run("dead letters", func(t *testing.T) { deadLetters(t, c, gateway) })
	for _, p := range roles {
		for _, line := range p.complaints() {
			// The roles were told to take these up again, and can't.
			if !strings.Contains(line, "dead letter") {
				t.Errorf("%s complains: %s", p.name, line)
			}
		}
	}
	t.Run("what KEDA asks", func(t *testing.T) { lag(t, c) })
	t.Run("what is seldom needed", func(t *testing.T) { seldom(t, c) })
	t.Run("each forbidden act is refused", func(t *testing.T) { refusals(t, c) })
	t.Run("what NATS can't tell", func(t *testing.T) { cantTell(t, c) })
}

func conversation(t *testing.T, c *cluster, url string) {
	adminPassword := c.manifests.secretData("parley")["ADMIN_PASSWORD"]
	ada := dial(t, url, "/ws", "parley.v1", nil)
	ada.write("t", "hello", "name", "Ada")
	chat := ada.find("a welcome", func(f frame) bool { return f.T == "welcome" }).Chat
	ada.write("t", "send", "id", "m1", "text", "What is Parley?")
	ada.done("m1")
	ada.event("reply", "")

	// Nobody is there: a timer hands the chat back to the bot.
	ada.write("t", "escalate", "id", "e1")
	ada.done("e1")
	ada.event("state", "waiting")
	ada.forget()
	ada.event("state", "bot")

	admin := call(t, url, "POST", "/api/login", fmt.Sprintf(`{"user":"admin","password":%q}`, adminPassword), nil)
	call(t, url, "POST", "/api/agents", `{"user":"bob","name":"Bob","role":"agent","password":"correct horse battery"}`, admin)
	call(t, url, "GET", "/api/agents", "", admin)
	bobs := call(t, url, "POST", "/api/login", `{"user":"bob","password":"correct horse battery"}`, nil)
	bob := dial(t, url, "/ws/agent", "parley.agent.v1", bobs)
	bob.find("a welcome", func(f frame) bool { return f.T == "welcome" })

	ada.forget()
	ada.write("t", "escalate", "id", "e2")
	ada.done("e2")
	bob.find("the chat on the desk", func(f frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == chat })
	bob.write("t", "open", "id", "o1", "chat", chat)
	bob.done("o1")
	bob.write("t", "take", "id", "t1", "chat", chat)
	bob.done("t1")
	bob.write("t", "typing", "chat", chat, "on", true)
	bob.write("t", "say", "id", "s1", "chat", chat, "text", "Hello, I am Bob.")
	bob.done("s1")
	ada.event("say", "I am Bob")
	bob.write("t", "note", "id", "n1", "chat", chat, "text", "Seems nice.")
	bob.done("n1")
	bob.event("note", "Seems nice")
	ada.write("t", "typing", "on", true)
	ada.write("t", "send", "id", "m2", "text", "Hello Bob.")
	ada.done("m2")
	ada.write("t", "send", "id", "m2", "text", "Hello Bob.", "again", true)
	bob.event("message", "Hello Bob")
	bob.write("t", "page", "id", "p1", "chat", chat, "limit", 50)
	notes := 0
	for _, e := range bob.done("p1").Events {
		if e.Kind == "note" {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("the agent's page has %d notes", notes)
	}
	bob.write("t", "chats", "id", "c1", "limit", 10)
	if len(bob.done("c1").Chats) == 0 {
		t.Error("the list of chats is empty")
	}
	ada.write("t", "page", "id", "p2", "before", 0, "limit", 50)
	for _, e := range ada.done("p2").Events {
		if e.Kind == "note" {
			t.Error("the visitor's page has a note")
		}
	}
	bob.write("t", "transfer", "id", "t2", "chat", chat)
	bob.done("t2")
	bob.write("t", "take", "id", "t3", "chat", chat)
	bob.done("t3")
	ada.forget()
	bob.write("t", "return", "id", "r1", "chat", chat)
	bob.done("r1")
	ada.event("state", "bot")
	ada.write("t", "send", "id", "m3", "text", "How do I run it?")
	ada.done("m3")
	ada.event("reply", "")
	ada.write("t", "close", "id", "x1")
	ada.done("x1")
	ada.event("state", "closed")
}

// newNoteKey has the admin make a second key, beside the one that setup made.
func newNoteKey(t *testing.T, c *cluster) {
	kv, err := c.jetStream("admin").KeyValue(t.Context(), "keys")
	if err != nil {
		t.Fatal(err)
	}
	for want := 1; want <= 2; want++ {
		eventually(t, fmt.Sprintf("there are %d keys of notes", want), func() bool { // a replica of the bucket may lag
			names, err := kv.Keys(t.Context())
			return err == nil && len(names) == want && strings.HasPrefix(names[0], "notes.")
		})
		if want == 1 {
			c.startWith("setup", []string{"note-key"}).ends()
		}
	}
}

// deadLetters has each worker give up an event that nobody can read, and take it
// back at an operator's word.
func deadLetters(t *testing.T, c *cluster, gateway *process) {
	js := c.jetStream("admin")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// Partition 0 is the first stream's; the id need not be of that partition here.
	if _, err := js.Publish(ctx, "chat.0.aaaaaaaaaaaaaaaa.in", []byte("no event")); err != nil {
		t.Fatal(err)
	}
	letters := func() int {
		s, err := js.Stream(ctx, "DEAD")
		if err != nil {
			t.Fatal(err)
		}
		return int(s.CachedInfo().State.Msgs)
	}
	eventually(t, "three workers gave it up", func() bool { return letters() == 3 })
	cmd := exec.Command(program(t), "dead", "replay", "all")
	cmd.Env = []string{"NATS_URL=tls://admin:" + c.manifests.secretData("nats-users")["ADMIN_PASSWORD"] + "@" + c.address(0), "NATS_CA=" + c.ca(), "NATS_REPLICAS=3", "DATA_DIR=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Contains(string(out), "no replica") || strings.Count(string(out), "\n") < 3 {
		t.Errorf("the workers did not take the letters back and fail again: %v\n%s", err, out)
	}
	if n := letters(); n != 3 {
		t.Errorf("%d dead letters", n)
	}
}

func (c *cluster) jetStream(user string) jetstream.JetStream {
	c.t.Helper()
	js, err := jetstream.New(c.connect(user), jetstream.WithDefaultTimeout(5*time.Second))
	if err != nil {
		c.t.Fatal(err)
	}
	return js
}
