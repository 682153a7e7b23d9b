package deploy

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/deploy/permissions"
)

// refusals attempts every forbidden act with the credentials of the user that is
// refused it, and checks that it had no effect.
func refusals(t *testing.T, c *cluster) {
	before := c.inventory()
	for _, through := range c.tryAll() {
		t.Errorf("not refused: %s", through)
	}
	after := c.inventory()
	if !maps.Equal(before, after) {
		t.Errorf("an act had an effect: before\n%v, after\n%v", before, after)
	}
	t.Logf("%d acts were attempted", len(permissions.Refusals))
}

// tryAll returns the acts that got through.
func (c *cluster) tryAll() (through []string) {
	conns := map[string]*nats.Conn{}
	for _, r := range permissions.Refusals {
		nc := conns[r.User]
		if nc == nil {
			nc = c.connect(r.User)
			conns[r.User] = nc
		}
		if !refused(nc, r) {
			through = append(through, fmt.Sprintf("%s may %s (%s %s)", r.User, r.Act, r.Verb, r.Subject))
		}
	}
	return through
}

// refused attempts one act. The server's refusal precedes its answer to the flush.
func refused(nc *nats.Conn, r permissions.Refusal) bool {
	if r.Verb == permissions.Publishes {
		if nc.PublishRequest(r.Subject, nc.NewRespInbox(), []byte(r.Body)) != nil {
			return false
		}
	} else {
		sub, err := nc.SubscribeSync(r.Subject)
		if err != nil {
			return false
		}
		defer func() { _ = sub.Unsubscribe() }()
	}
	if nc.FlushTimeout(patience) != nil {
		return false
	}
	err := nc.LastError()
	return err != nil && strings.Contains(err.Error(), fmt.Sprintf("%q", r.Subject)) && strings.Contains(strings.ToLower(err.Error()), "violation for "+map[permissions.Verb]string{
		permissions.Publishes: "publish", permissions.Subscribes: "subscription",
	}[r.Verb])
}

// inventory is what the servers hold: streams with their contents, and consumers.
func (c *cluster) inventory() map[string]string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	js := c.jetStream("admin")
	all := map[string]string{}
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		// These change by themselves: gateways repeat who is online, timers come and go.
		if info.Config.Name == "KV_presence" || info.Config.Name == "TIMERS" {
			continue
		}
		s, err := js.Stream(ctx, info.Config.Name)
		if err != nil {
			c.t.Fatal(err)
		}
		var names []string
		consumers := s.ListConsumers(ctx)
		for consumer := range consumers.Info() {
			if consumer.Config.Durable != "" {
				names = append(names, fmt.Sprintf("%s %v", consumer.Name, consumer.Config.FilterSubjects))
			}
		}
		if consumers.Err() != nil {
			c.t.Fatal(consumers.Err())
		}
		slices.Sort(names)
		all[info.Config.Name] = fmt.Sprintf("%d to %d, %v, %v", info.State.FirstSeq, info.State.LastSeq, info.Config.Subjects, names)
	}
	if list.Err() != nil || len(all) < 8+4 {
		c.t.Fatalf("%v: %v", list.Err(), all)
	}
	return all
}

// If a permission is missing or too wide, the test must report it.
func TestARefusalThatDoesNotComeIsNoticed(t *testing.T) {
	publish := regexp.MustCompile(`(?s)publish: \[.*?\]`)
	subscribe := regexp.MustCompile(`(?s)subscribe: \[.*?\]`)
	open := startNATS(t, "local", func(accounts string) string {
		return subscribe.ReplaceAllString(publish.ReplaceAllString(accounts, `publish: [">"]`), `subscribe: [">"]`)
	})
	through := open.tryAll()
	for _, r := range permissions.Refusals {
		// In another account: never received or reached, whatever is permitted.
		if strings.HasPrefix(r.Subject, "$SYS") {
			continue
		}
		if want := fmt.Sprintf("%s may %s (%s %s)", r.User, r.Act, r.Verb, r.Subject); !slices.Contains(through, want) {
			t.Errorf("with everything permitted, this was not reported: %s", want)
		}
	}
}

func TestTheUsersAreMadeFromTheTable(t *testing.T) {
	for _, variant := range variants {
		m, _ := decode(render(t, variant))
		env, _, _ := m.environment(m.deployments["gateway"].Spec.Template.Spec.Containers[0])
		var streams int
		if _, err := fmt.Sscan(env["STREAMS"], &streams); err != nil {
			t.Fatal(err)
		}
		for name, cm := range m.configMaps {
			if strings.HasPrefix(name, "nats-") && cm.Data["nats.conf"] != "" && cm.Data["accounts.conf"] != permissions.Accounts(streams) {
				t.Errorf("%s: accounts.conf differs from the table for STREAMS=%d: cd test/deploy && go run ./cmd/permissions -streams %d", variant, streams, streams)
			}
		}
		for _, u := range permissions.Users {
			if m.secretData("nats-users")[permissions.PasswordKey(u.Name)] == "" {
				t.Errorf("%s: %s has no password", variant, u.Name)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "nats-permissions.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), permissions.Begin+"\n")
	if tables, _, _ := strings.Cut(rest, "\n"+permissions.End); tables != permissions.Tables() {
		t.Error("docs/nats-permissions.md differs from the table: cd test/deploy && go run ./cmd/permissions")
	}
}

// seldom tries what a conversation doesn't use: the records of failed deliveries, and
// purging.
func seldom(t *testing.T, c *cluster) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, role := range roles.All() {
		user, consumer := role.Name, consumerOf(role.Name)
		if consumer == "" {
			continue
		}
		kv, err := c.jetStream(user).KeyValue(ctx, "attempts")
		if err != nil {
			t.Fatalf("%s: %v", user, err)
		}
		key := consumer + ".CHAT_0.999"
		revision, err := kv.Create(ctx, key, []byte("{}"))
		if err == nil {
			_, err = kv.Update(ctx, key, []byte("{}"), revision)
		}
		if err == nil { // a replica of the bucket may lag
			eventually(t, user+" reads its note", func() bool { _, getErr := kv.Get(ctx, key); return getErr == nil })
		}
		if err == nil {
			err = kv.Purge(ctx, key, jetstream.PurgeTTL(time.Hour))
		}
		if err != nil {
			t.Errorf("%s may not record its failed deliveries: %v", user, err)
		}
	}
	history := c.jetStream("historyworker")
	s, err := history.Stream(ctx, "CHAT_0")
	if err != nil {
		t.Fatal(err)
	}
	names := s.ConsumerNames(ctx)
	var all []string
	for name := range names.Name() {
		if _, err := s.Consumer(ctx, name); err != nil {
			t.Errorf("the history worker may not ask for consumer %s: %v", name, err)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	if names.Err() != nil || strings.Join(all, " ") != "bot bot-states escalation escalation-states history" {
		t.Errorf("the history worker sees the consumers %v: %v", all, names.Err())
	}
	if err := s.Purge(ctx, jetstream.WithPurgeSequence(1)); err != nil {
		t.Errorf("the history worker may not purge: %v", err)
	}
}
