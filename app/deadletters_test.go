package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
)

// withLetters fills a data folder with dead letters: a message that the bot could not
// answer, one that the store did not take, and one whose worker is unknown.
func withLetters(t *testing.T, dir string) chat.ID {
	t.Helper()
	server, err := embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	conn, err := bus.Connect(t.Context(), bus.Options{InProcess: server, Name: "test", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	id := chat.NewID()
	e := chat.Event{Chat: id, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "What is\nthe \x1b[31mmatter?"}
	stored, err := conn.AppendIn(t.Context(), e, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Seq, e.At = stored.Seq, time.Now()
	other := chat.Event{Chat: id, Seq: 77, At: e.At, Kind: chat.Message, Text: "odd"}
	for _, err := range []error{
		conn.RecordDeadLetter(t.Context(), "bot", e, 5, errors.New("think: boom")),
		conn.RecordDeadLetter(t.Context(), "history", e, 10, errors.New("the store was full")),
		conn.RecordDeadLetter(t.Context(), "nobody", other, 1, errors.New("who?")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func TestOperatorsHandleDeadLetters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	id := withLetters(t, dir)
	expect := func(code int, pattern string, args ...string) {
		t.Helper()
		got, out := parley(t, "DATA_DIR="+dir, append([]string{"dead"}, args...)...)
		if got != code || !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("parley dead %s: exit code %d, want %d; output, which should match %q:\n%s", strings.Join(args, " "), got, code, pattern, out)
		}
	}
	expect(0, `(?s)^NUMBER +WHEN +ROLE +CHAT +SEQ +TRIES +REASON\n1 .*Z  bot +`+string(id)+` .*5 +think: boom\n2 .*history.*\n3 .*nobody[^\n]*\n$`, "list")
	expect(0, `(?s)^NUMBER[^\n]*\n3 [^\n]*\n$`, "list", "2")
	expect(0, `(?s)reason +think: boom\n.*tries +5 deliveries, 5 failures\n.*kind +message\n.*from +visitor Ada\n.*text\n  What is\n  the \[31mmatter\?\n$`, "show", "1")
	expect(1, `there is no dead letter 9`, "show", "9")
	expect(2, `"x" is not the number`, "drop", "x")
	expect(2, `parley dead help`, "bury", "1")
	expect(2, `parley dead help`, "replay")
	expect(0, `parley dead replay N`, "help")
	expect(0, `parley dead list`)

	// The workers that a replay needs are started for it. One letter has no worker.
	expect(1, `(?s)^1 replayed\n2 replayed\n3 not replayed: no replica of the role answers \(nobody\); start one first\nparley dead: 1 of 3 could not be replayed\n$`, "replay", "all")
	expect(0, `(?s)^NUMBER[^\n]*\n3 [^\n]*\n$`, "list")
	expect(1, `(?s)^3 dropped\n8 not dropped: there is no dead letter 8\n`, "drop", "3", "8")
	expect(0, `^There are no dead letters.\n$`, "list")
}

func TestDeadLettersInAFolderInUseAreLeftAlone(t *testing.T) {
	t.Parallel()
	if code, out := parley(t, "DATA_DIR="+t.TempDir(), "dead", "list"); code != 2 || !strings.Contains(out, "holds no Parley") {
		t.Errorf("an empty folder: exit code %d\n%s", code, out)
	}
	dir := t.TempDir()
	withLetters(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	running := program(ctx, t, []string{"DATA_DIR=" + dir, "ADDR=127.0.0.1:0"})
	running.Cancel = func() error { return running.Process.Signal(os.Interrupt) }
	says, err := running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = running.Wait() })
	for lines, ready := bufio.NewScanner(says), false; !ready; { // or it would find the folder in use
		if !lines.Scan() {
			t.Fatal("it never said that it is ready")
		}
		ready = strings.Contains(lines.Text(), "ready")
	}
	if code, out := parley(t, "DATA_DIR="+dir, "dead", "list"); code != 2 || !strings.Contains(out, "is running") || !strings.Contains(out, "while it is stopped") {
		t.Errorf("a folder in use: exit code %d\n%s", code, out)
	}
}

// door is a port through which other processes reach the test's NATS server.
func door(t *testing.T, server *bustest.Server) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			outside, err := l.Accept()
			if err != nil {
				return
			}
			inside, err := server.InProcessConn()
			if err != nil {
				_ = outside.Close()
				continue
			}
			go func() { _, _ = io.Copy(inside, outside); _ = inside.Close() }()
			go func() { _, _ = io.Copy(outside, inside); _ = outside.Close() }()
		}
	}()
	return "nats://" + l.Addr().String()
}

func TestOnANATSServerTheRunningWorkersTakeLettersBack(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, url := server.Connect("bot"), "NATS_URL="+door(t, server)
	for i := range 2 {
		e := chat.Event{Chat: chat.NewID(), Seq: uint64(i + 1), At: time.Now(), Kind: chat.Message, Text: "x"}
		if err := c.RecordDeadLetter(t.Context(), "bot", e, 5, errors.New("boom")); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := parley(t, url, "dead", "replay", "1"); code != 1 || !strings.Contains(out, "no replica of the role answers (bot); start one first") {
		t.Errorf("without a worker: exit code %d\n%s", code, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.Serve(ctx, "botworker", "0.0.0", c.Replay("bot", func(_ context.Context, d bus.Delivery) error {
			if d.Event.Seq == 2 {
				return errors.New("still boom")
			}
			return nil
		}))
	}()
	t.Cleanup(func() { cancel(); <-done })
	if code, out := parley(t, url, "dead", "replay", "all"); code != 1 || !strings.Contains(out, "1 replayed\n2 not replayed: still boom\n") {
		t.Errorf("with a worker: exit code %d\n%s", code, out)
	}
	if code, out := parley(t, url, "dead", "list"); code != 0 || strings.Count(out, "\n") != 2 || !strings.Contains(out, "\n2 ") {
		t.Errorf("left are: exit code %d\n%s", code, out)
	}
	if code, out := parley(t, url, "dead", "drop", "2"); code != 0 || out != "2 dropped\n" {
		t.Errorf("drop: exit code %d\n%s", code, out)
	}
}
