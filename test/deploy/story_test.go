package deploy

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// All roles, started as in the manifests, serve a conversation under their own
// NATS users: whatever they need is permitted. Then each forbidden act is refused.
func TestTheRolesWorkUnderTheirPermissions(t *testing.T) {
	c := startNATS(t, "local", nil)
	setup := c.startRole("setup")
	setup.ends()
	settings := map[string][]string{roles.Escalation.Name: {"WAIT_LIMIT=5s"}, roles.Botworker.Name: {"LLM_URL=" + paidModel(t), "LLM_MODEL=m"}}
	var started []*process
	var gateway *process
	for _, role := range slices.Backward(roles.All()) { // the front last
		p := c.startRole(role.Name, settings[role.Name]...)
		started = append(started, p)
		if role.Name == roles.Gateway.Name {
			gateway = p
		}
	}
	for _, p := range started {
		p.says(`"message":"running"`)
	}
	gateway.says(`"visitors":`)
	t.Run("a conversation", func(t *testing.T) { conversation(t, c, gateway.url) })
	t.Run("what the model cost is counted", func(t *testing.T) { counted(t, c) })
	t.Run("a new key for notes", func(t *testing.T) { newNoteKey(t, c) })
	t.Run("dead letters", func(t *testing.T) { deadLetters(t, c, gateway) })
	for _, p := range started {
		for _, line := range p.complaints() {
			// The roles were told to retry these, and can't.
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

// paidModel is a language model that the bot asks.
func paidModel(t *testing.T) (url string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"The model says so.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// counted looks for the counters of the conversation: of the chat, the address, and all.
func counted(t *testing.T, c *cluster) {
	s, err := c.jetStream("admin").Stream(t.Context(), "SPENT")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the counters are there", func() bool {
		info, err := s.Info(t.Context(), jetstream.WithSubjectFilter("spent.>"))
		return err == nil && len(info.State.Subjects) >= 3 && info.Config.Replicas == 3
	})
}

func conversation(t *testing.T, c *cluster, url string) {
	adminPassword := c.manifests.secretData("parley")["ADMIN_PASSWORD"]
	ada := talktest.Dial(t, url)
	chat := ada.Hello("Ada", "", 0).Chat
	ada.Do("t", "send", "id", "m1", "text", "What is Parley?")
	ada.Event("reply", "")

	// No agent is there: a timer hands the chat back to the bot.
	ada.Do("t", "escalate", "id", "e1")
	waits := ada.Event("state", "waiting").Seq
	ada.Find("the bot again", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "bot" && f.Seq > waits })

	admin := talktest.Login(t, url, "admin", adminPassword)
	talktest.Call(t, url, "POST", "/api/agents", `{"user":"bob","name":"Bob","role":"agent","password":"correct horse battery"}`, admin)
	talktest.Call(t, url, "GET", "/api/agents", "", admin)
	bob := talktest.Console(t, url, "bob", "correct horse battery")
	bob.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })

	ada.Forget()
	ada.Do("t", "escalate", "id", "e2")
	bob.Find("the chat on the desk", func(f talk.Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == chat })
	bob.Do("t", "open", "id", "o1", "chat", chat)
	bob.Do("t", "take", "id", "t1", "chat", chat)
	bob.Send("t", "typing", "chat", chat, "on", true)
	bob.Do("t", "say", "id", "s1", "chat", chat, "text", "Hello, I am Bob.")
	ada.Event("say", "I am Bob")
	bob.Do("t", "note", "id", "n1", "chat", chat, "text", "Seems nice.")
	bob.Event("note", "Seems nice")
	ada.Send("t", "typing", "on", true)
	ada.Do("t", "send", "id", "m2", "text", "Hello Bob.")
	ada.Send("t", "send", "id", "m2", "text", "Hello Bob.", "again", true)
	bob.Event("message", "Hello Bob")
	notes := map[string]int{} // by who wrote them
	for _, e := range bob.Do("t", "page", "id", "p1", "chat", chat, "limit", 50).Events {
		if e.Kind == "note" {
			notes[e.From.Role]++
		}
	}
	if notes["agent"] != 1 || notes["bot"] != 2 { // the bot's say why it handed the chat over, twice
		t.Errorf("the agent's page of events has the notes %v", notes)
	}
	if len(bob.Do("t", "chats", "id", "c1", "limit", 10).Chats) == 0 {
		t.Error("the list of chats is empty")
	}
	for _, e := range ada.Do("t", "page", "id", "p2", "before", 0, "limit", 50).Events {
		if e.Kind == "note" {
			t.Error("the visitor's page of events has a note")
		}
	}
	bob.Do("t", "transfer", "id", "t2", "chat", chat)
	bob.Do("t", "take", "id", "t3", "chat", chat)
	ada.Forget()
	bob.Do("t", "return", "id", "r1", "chat", chat)
	ada.Event("state", "bot")
	ada.Do("t", "send", "id", "m3", "text", "How do I run it?")
	ada.Event("reply", "")
	ada.Do("t", "close", "id", "x1")
	ada.Event("state", "closed")
}

// newNoteKey has the admin create a second key, besides the one that setup created.
func newNoteKey(t *testing.T, c *cluster) {
	kv, err := c.jetStream("admin").KeyValue(t.Context(), "keys")
	if err != nil {
		t.Fatal(err)
	}
	for want := 1; want <= 2; want++ {
		eventually(t, fmt.Sprintf("there are %d note keys", want), func() bool { // a replica of the bucket may lag
			names, err := kv.Keys(t.Context())
			return err == nil && len(names) == want && strings.HasPrefix(names[0], "notes.")
		})
		if want == 1 {
			c.startWith("setup", []string{"note-key"}).ends()
		}
	}
}

// deadLetters makes each worker give up an event that nobody can read, the history worker
// one more, and retry it when an operator asks.
func deadLetters(t *testing.T, c *cluster, gateway *process) {
	js := c.jetStream("admin")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// Partition 0 is the first stream's; the id need not be of that partition here.
	for _, subject := range []string{"chat.0.aaaaaaaaaaaaaaaa.in.message", "chat.0.aaaaaaaaaaaaaaaa.in.request"} {
		if _, err := js.Publish(ctx, subject, []byte("no event")); err != nil {
			t.Fatal(err)
		}
	}
	letters := func() int {
		s, err := js.Stream(ctx, "DEAD")
		if err != nil {
			t.Fatal(err)
		}
		return int(s.CachedInfo().State.Msgs)
	}
	eventually(t, "the three workers gave them up", func() bool { return letters() == 4 })
	cmd := exec.Command(program(t), "dead", "replay", "all")
	cmd.Env = []string{"NATS_URL=tls://admin:" + c.manifests.secretData("nats-users")["ADMIN_PASSWORD"] + "@" + c.address(0), "NATS_CA=" + c.ca(), "NATS_REPLICAS=3", "DATA_DIR=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Contains(string(out), "no replica") || strings.Count(string(out), "\n") < 4 {
		t.Errorf("the workers did not retry the dead letters and fail again: %v\n%s", err, out)
	}
	if n := letters(); n != 4 {
		t.Errorf("%d dead letters", n)
	}
}

func (c *cluster) jetStream(user string) jetstream.JetStream {
	c.t.Helper()
	js, err := jetstream.New(c.connect(user), jetstream.WithDefaultTimeout(time.Minute))
	if err != nil {
		c.t.Fatal(err)
	}
	return js
}
