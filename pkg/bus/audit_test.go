package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func entry(by string, n int) audit.Entry {
	return audit.Entry{By: by, From: "192.0.2.7", Act: audit.LookChat, Chat: "aaaaaaaaaaaaaaaa", Detail: fmt.Sprint(n)}
}

// auditLines reads the whole log.
func auditLines(t *testing.T, c *bus.Conn) (lines []audit.Line) {
	t.Helper()
	if _, err := c.EachAudit(t.Context(), func(r bus.AuditRecord) error {
		lines = append(lines, r.Lines...)
		return r.Bad
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

func verified(t *testing.T, c *bus.Conn) audit.Result {
	t.Helper()
	r, err := c.VerifyAudit(t.Context(), &audit.Verifier{Keep: bus.AuditKeep, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Several processes with several people each, NATS restarted meanwhile: every line that was
// acknowledged is in the log, once, each person's in their order, in one unbroken chain.
func TestManyWritersMakeOneChain(t *testing.T) {
	server := bustest.Start(t)
	const writers, people, each = 4, 5, 12
	var all sync.WaitGroup
	acknowledged := make([][]string, writers*people)
	var half sync.WaitGroup
	half.Add(writers * people)
	for w := range writers {
		c := server.Connect(fmt.Sprint("writer", w))
		for p := range people {
			i := w*people + p
			all.Go(func() {
				for n := range each {
					if n == each/2 {
						half.Done()
					}
					if err := c.Audit().Write(t.Context(), entry(fmt.Sprint("p", i), n)); err == nil {
						acknowledged[i] = append(acknowledged[i], fmt.Sprint(n))
					} else if !errors.Is(err, bus.ErrUnavailable) {
						t.Errorf("person %d, line %d: %v", i, n, err)
					}
				}
			})
		}
	}
	half.Wait()
	server.Restart()
	all.Wait()
	c := server.Connect("reader")
	r := verified(t, c)
	if !r.OK() {
		t.Fatalf("%+v", r.Faults)
	}
	by := map[string][]string{}
	for _, l := range auditLines(t, c) {
		by[l.By] = append(by[l.By], l.Detail)
	}
	total := 0
	for i, list := range acknowledged {
		total += len(list)
		got := by[fmt.Sprint("p", i)]
		seen := map[string]int{}
		for _, d := range got {
			seen[d]++
		}
		k := 0
		for _, d := range got {
			if k < len(list) && list[k] == d {
				k++
			}
		}
		if k != len(list) {
			t.Errorf("person %d was acknowledged %v, and the log has %v", i, list, got)
		}
		for d, n := range seen {
			if n > 1 {
				t.Errorf("person %d: line %s is there %d times", i, d, n)
			}
		}
	}
	if total < writers*people*each/2 {
		t.Errorf("only %d of %d lines were stored", total, writers*people*each)
	}
}

// A process that wrote last knows the end, and one that heard it knows it, too; one that did not
// finds out.
func TestAWriterThatKnowsAnOldEndFindsTheNewOne(t *testing.T) {
	server := bustest.Start(t)
	a, b := server.Connect("a"), server.Connect("b")
	for n := range 6 {
		for _, c := range []*bus.Conn{a, b} {
			if err := c.Audit().Write(t.Context(), entry("ada", n)); err != nil {
				t.Fatal(err)
			}
			c.ForgetAuditEnd()
		}
	}
	if r := verified(t, a); !r.OK() || r.Lines != 12 {
		t.Errorf("%+v", r)
	}
}

func TestWithoutNATSNothingIsWritten(t *testing.T) {
	server := bustest.Start(t)
	c := server.Connect("a")
	if err := c.Audit().Write(t.Context(), entry("ada", 1)); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := c.Audit().Write(t.Context(), entry("ada", 2)); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	server.Restart()
	bustest.Eventually(t, "a line can be written again", func() bool { return c.Audit().Write(t.Context(), entry("ada", 3)) == nil })
	if r := verified(t, c); !r.OK() {
		t.Errorf("%+v", r.Faults)
	}
}

func TestABoundedNumberOfLinesWaits(t *testing.T) {
	server := bustest.Start(t)
	c := server.Connect("a")
	server.Stop()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var err error
	for range bus.MaxAudit + 2*bus.AuditBatch {
		if err = c.Audit().Write(gone, entry("ada", 1)); errors.Is(err, bus.ErrAuditFull) {
			return
		}
	}
	t.Errorf("the last error: %v", err)
}

// NATS itself refuses to remove a line, whoever asks.
func TestNobodyRemovesALine(t *testing.T) {
	server := bustest.Start(t)
	c := server.Connect("a")
	for n := range 3 {
		if err := c.Audit().Write(t.Context(), entry("ada", n)); err != nil {
			t.Fatal(err)
		}
	}
	s := auditStream(t, server)
	if err := s.DeleteMsg(t.Context(), 2); err == nil {
		t.Error("a line could be deleted")
	}
	if err := s.SecureDeleteMsg(t.Context(), 2); err == nil {
		t.Error("a line could be deleted securely")
	}
	if err := s.Purge(t.Context()); err == nil {
		t.Error("the log could be purged")
	}
	if r := verified(t, c); !r.OK() || r.Lines != 3 {
		t.Errorf("%+v", r)
	}
}

func auditStream(t *testing.T, server *bustest.Server) jetstream.Stream {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(server))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), "AUDIT")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What somebody can do who may do anything with NATS: replace the stream by one of their own.
func TestAReplacedLogIsFound(t *testing.T) {
	for name, tamper := range map[string]struct {
		with  func([][]byte) [][]byte
		finds audit.FaultKind
	}{
		"as it was":       {func(m [][]byte) [][]byte { return m }, ""},
		"a line removed":  {func(m [][]byte) [][]byte { return append(m[:2:2], m[3:]...) }, audit.Missing},
		"its end cut off": {func(m [][]byte) [][]byte { return m[:3] }, audit.Cut},
		"emptied":         {func([][]byte) [][]byte { return nil }, audit.Cut},
		"its begin cut":   {func(m [][]byte) [][]byte { return m[2:] }, audit.Began},
		"two swapped":     {func(m [][]byte) [][]byte { m[1], m[2] = m[2], m[1]; return m }, audit.Missing},
		"a line changed":  {func(m [][]byte) [][]byte { m[2] = []byte(strings.Replace(string(m[2]), "ada", "eve", 1)); return m }, audit.Changed},
		"garbage between": {func(m [][]byte) [][]byte { return append(m[:2:2], append([][]byte{[]byte("x")}, m[2:]...)...) }, audit.Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := bustest.Start(t)
			c := server.Connect("a")
			for n := range 5 {
				if err := c.Audit().Write(t.Context(), entry("ada", n)); err != nil {
					t.Fatal(err)
				}
			}
			bustest.Eventually(t, "the head is kept", func() bool {
				head, err := c.AuditHead(t.Context())
				return err == nil && head.N == 5
			})
			var messages [][]byte
			if _, err := c.EachAudit(t.Context(), func(r bus.AuditRecord) error {
				data, err := audit.Encode(r.Lines)
				messages = append(messages, data)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			replaceAudit(t, server, tamper.with(messages))
			r := verified(t, c)
			if (tamper.finds == "") != r.OK() || !r.OK() && r.Faults[0].Kind != tamper.finds {
				t.Errorf("%+v", r.Faults)
			}
			// Whatever stands there, lines can be written after it.
			if err := c.Audit().Write(t.Context(), entry("ada", 9)); err != nil {
				t.Error(err)
			}
		})
	}
}

func replaceAudit(t *testing.T, server *bustest.Server, messages [][]byte) {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(server))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	cfg := auditStream(t, server).CachedInfo().Config
	if err := js.DeleteStream(t.Context(), "AUDIT"); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	for _, data := range messages {
		if _, err := js.Publish(t.Context(), "audit.lines", data); err != nil {
			t.Fatal(err)
		}
	}
}
