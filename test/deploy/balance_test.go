package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// One node leads everything, as after a restart of the others. An operator balances it
// while all streams are written to. If a node is down, nothing is moved.
func TestWhatIsLedIsSpreadOverTheNodes(t *testing.T) {
	c := startNATS(t, "local", nil)
	js := c.ledByOne()
	w := c.writeToAll(js)
	balance := c.startRole("balance")
	balance.ends()
	t.Logf("longest wait for an acknowledgment, by stream: %v", w.end())
	t.Log(balance.said())
	if !strings.Contains(balance.said(), "CHAT_0 goes from nats-0 to nats-") || !strings.Contains(balance.said(), "All is even: nats-0 leads ") {
		t.Errorf("it prints:\n%s", balance.said())
	}
	chats, all := map[string]int{}, map[string]int{}
	after := c.led(js)
	for name, leader := range after {
		stream, _, of := strings.Cut(name, ".")
		switch {
		case of && leader != after[stream]:
			t.Errorf("%s is led by %s, its stream by %s", name, leader, after[stream])
		case !of && strings.HasPrefix(name, "CHAT_"):
			chats[leader]++
			all[leader]++
		case !of:
			all[leader]++
		}
	}
	for what, count := range map[string]map[string]int{"chats' streams": chats, "all streams": all} {
		numbers := []int{count["nats-0"], count["nats-1"], count["nats-2"]}
		if slices.Max(numbers)-slices.Min(numbers) > 1 {
			t.Errorf("leaders of the %s: %v", what, count)
		}
	}

	again := c.startRole("balance")
	again.ends()
	if !strings.Contains(again.said(), "All is even already: nats-0 leads ") || strings.Contains(again.said(), "goes from") {
		t.Errorf("the second run prints:\n%s", again.said())
	}

	c.losesLast(js)
	away := c.startRole("balance")
	<-away.done
	if err := away.cmd.Wait(); err == nil || !strings.Contains(away.said(), "parley setup: the NATS node nats-2 is down, or behind with CHAT_0; balance again when all nodes are up") || strings.Contains(away.said(), "goes from") {
		t.Errorf("with a node down it ends with %v and prints:\n%s", err, away.said())
	}
}

// A node goes down in the middle of it: nothing more is moved, not even to another
// node, and it prints why.
func TestNothingIsLedByANodeThatGoesAwayMeanwhile(t *testing.T) {
	c := startNATS(t, "local", nil)
	js := c.ledByOne()
	balance := c.startRole("balance")
	for !strings.Contains(balance.said(), "CHAT_1 goes from nats-0 to nats-2") {
		select {
		case <-balance.done:
			t.Fatalf("it has ended:\n%s", balance.said())
		case <-time.After(time.Millisecond): // soon, while many moves remain
		}
	}
	if err := balance.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.losesLast(js)
	before := c.led(js)
	if err := balance.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	<-balance.done
	t.Log(balance.said())
	if err := balance.cmd.Wait(); err == nil || !strings.Contains(balance.said(), "parley setup: the NATS node nats-2 is down, or behind with CHAT_") {
		t.Errorf("it ends with %v and prints:\n%s", err, balance.said())
	}
	for name, leader := range c.led(js) {
		if leader != before[name] && !strings.Contains(balance.said(), name+" goes from "+before[name]+" to "+leader) {
			t.Errorf("%s is now led by %s; before, by %s", name, leader, before[name])
		}
	}
}

// ledByOne creates what the roles use, and makes nats-0 lead all of it.
func (c *cluster) ledByOne() jetstream.JetStream {
	c.t.Helper()
	c.startRole("setup").ends()
	js := c.jetStream("admin")
	for name, leader := range c.led(js) {
		if leader != "nats-0" {
			c.stepDown(name, "nats-0")
		}
	}
	eventually(c.t, "nats-0 leads all", func() bool {
		for _, leader := range c.led(js) {
			if leader != "nats-0" {
				return false
			}
		}
		return true
	})
	return js
}

// losesLast stops nats-2, and waits until the others lead everything.
func (c *cluster) losesLast(js jetstream.JetStream) {
	c.t.Helper()
	c.nodes[2].Shutdown()
	c.nodes[2].WaitForShutdown()
	eventually(c.t, "the others lead all", func() bool {
		for _, leader := range c.led(js) {
			if leader == "" || leader == "nats-2" {
				return false
			}
		}
		return true
	})
}

// led returns the leader of each stream, and of each consumer as "stream.consumer";
// empty if it is unknown at the moment.
func (c *cluster) led(js jetstream.JetStream) map[string]string {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	leaders := map[string]string{}
	for s := range js.ListStreams(ctx).Info() {
		leaders[s.Config.Name] = ""
		if s.Cluster != nil {
			leaders[s.Config.Name] = s.Cluster.Leader
		}
		stream, err := js.Stream(ctx, s.Config.Name)
		if err != nil {
			leaders[s.Config.Name] = ""
			continue
		}
		for consumer := range stream.ListConsumers(ctx).Info() {
			leaders[s.Config.Name+"."+consumer.Name] = ""
			if consumer.Cluster != nil {
				leaders[s.Config.Name+"."+consumer.Name] = consumer.Cluster.Leader
			}
		}
	}
	return leaders
}

// stepDown makes the leader of a stream, or of "stream.consumer", hand over to a node.
func (c *cluster) stepDown(what, to string) {
	c.t.Helper()
	subject := "$JS.API.STREAM.LEADER.STEPDOWN."
	if strings.Contains(what, ".") {
		subject = "$JS.API.CONSUMER.LEADER.STEPDOWN."
	}
	reply, err := c.connect("admin").Request(subject+what, []byte(`{"placement":{"preferred":"`+to+`"}}`), patience)
	if err != nil || !strings.Contains(string(reply.Data), `"success":true`) {
		c.t.Fatalf("%s does not go to %s: %v, %v", what, to, err, reply)
	}
}

// writers write to all chat streams, one message after another, until end.
type writers struct {
	stop    func()
	all     sync.WaitGroup
	longest [8]time.Duration // each written by one writer
}

// writeToAll returns once each stream has stored something.
func (c *cluster) writeToAll(js jetstream.JetStream) *writers {
	ctx, cancel := context.WithCancel(c.t.Context())
	w := &writers{stop: cancel}
	c.t.Cleanup(func() { cancel(); w.all.Wait() })
	var began sync.WaitGroup
	for p := range w.longest {
		stream := fmt.Sprint("CHAT_", p)
		subject := fmt.Sprintf("chat.%d.aaaaaaaaaaaaaaaa.in.message", p*64/len(w.longest)) // 64 partitions, 8 each
		began.Add(1)
		w.all.Go(func() {
			begun := sync.OnceFunc(began.Done)
			defer begun()
			var last time.Time
			for ctx.Err() == nil {
				once, end := context.WithTimeout(ctx, time.Second)
				if ack, err := js.Publish(once, subject, []byte(`{}`)); err == nil {
					if ack.Stream != stream {
						c.t.Errorf("%s is in %s, not in %s", subject, ack.Stream, stream)
					}
					if !last.IsZero() {
						w.longest[p] = max(w.longest[p], time.Since(last))
					}
					last = time.Now()
					begun()
				}
				end()
			}
		})
	}
	began.Wait()
	return w
}

// end stops them, and returns the longest wait for each stream.
func (w *writers) end() [8]time.Duration {
	w.stop()
	w.all.Wait()
	return w.longest
}
