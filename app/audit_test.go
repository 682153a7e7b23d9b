package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
)

func TestTheAuditLogOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DATA_DIR", dir)
	t.Setenv("NATS_URL", "")
	server, err := embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), SyncAlways: true, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := bus.Connect(t.Context(), bus.Options{InProcess: server, Name: "test", Streams: 8, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		if err := conn.Audit().Write(t.Context(), audit.Entry{By: "ada", From: "192.0.2.7", Act: audit.LookChat, Chat: "aaaaaaaaaaaaaaaa", Detail: fmt.Sprint("look\t", n)}); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close()
	server.Close()
	run := func(args ...string) (string, error) {
		t.Helper()
		var out bytes.Buffer
		err := Audit(t.Context(), args, &out)
		return out.String(), err
	}
	said, err := run("verify")
	if err != nil || !strings.Contains(said, "All 30 lines") {
		t.Fatalf("%s %v", said, err)
	}
	head := strings.TrimSpace(said[strings.LastIndex(said, " ")+1:])
	if tail, err := run("tail", "2"); err != nil || strings.Count(tail, "\n") != 2 || !strings.Contains(tail, "look 29") {
		t.Errorf("%s %v", tail, err)
	}
	exported, err := run("export")
	if err != nil || strings.Count(exported, "\n") != 31 || !strings.Contains(exported, `"act":"export.audit"`) {
		t.Fatalf("%s %v", exported, err)
	}
	if said, err := run("verify", head); err != nil {
		t.Errorf("with the head of before: %s %v", said, err)
	}
	if said, err := run("verify", "30:"+strings.Repeat("0", 64)); err == nil || !strings.Contains(said, "line 30 was another one") {
		t.Errorf("with another head: %s %v", said, err)
	}
	file := func(text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "audit.ndjson")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if said, err := run("verify", file(exported)); err != nil {
		t.Errorf("the export: %s %v", said, err)
	}
	lines := strings.SplitAfter(exported, "\n")
	for name, text := range map[string]string{
		"Line 5 is missing.":    strings.Join(append(append([]string{}, lines[:4]...), lines[5:]...), ""),
		"Line 7 was changed":    strings.Replace(exported, `look 6"`, `look 5"`, 1),
		"Line 3 of the file, a": strings.Join(append(append(append([]string{}, lines[:2]...), "x\n"), lines[2:]...), ""),
	} {
		if said, err := run("verify", file(text)); err == nil || !strings.Contains(said, name) {
			t.Errorf("%s: %s %v", name, said, err)
		}
	}
	for _, args := range [][]string{{"verify", "a", "b"}, {"tail", "x"}, {"what"}} {
		if _, err := run(args...); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
