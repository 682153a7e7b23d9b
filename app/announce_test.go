package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// A collector that parses a container's output as JSON can't handle other lines.
func TestWithLogFormatJSONTheAnnouncementIsJSON(t *testing.T) {
	var out strings.Builder
	announce(&out, "json", "[::]:8080", nil, firstPassword{file: "/data/admin-password"})
	var line map[string]string
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%v: %q", err, out.String())
	}
	for field, want := range map[string]string{"visitors": "http://localhost:8080/", "operators": "http://localhost:8080/ops", "user": "admin", "password_file": "/data/admin-password"} {
		if line[field] != want {
			t.Errorf("%s is %q, not %q", field, line[field], want)
		}
	}
	out.Reset()
	announce(&out, "auto", "127.0.0.1:80", at(t, "", "/chat"), firstPassword{})
	if text := out.String(); !strings.Contains(text, "  Visitors:  http://127.0.0.1:80/chat/\n") || strings.Contains(text, "password") {
		t.Errorf("a person reads %q", text)
	}
	out.Reset()
	announce(&out, "auto", "127.0.0.1:80", at(t, "https://chat.example.org", ""), firstPassword{})
	if text := out.String(); !strings.Contains(text, "  Agents:    https://chat.example.org/agent\n") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("with PUBLIC_URL a person reads %q", text)
	}
}

// The pages' own address, which a proxy leads to, and not the one that people use.
func TestTheAnnouncementOfThePagesIsForTheProxy(t *testing.T) {
	var person, machine strings.Builder
	site := at(t, "https://chat.example.org/chat", "")
	announcePages(&person, "auto", "0.0.0.0:8090", site)
	announcePages(&machine, "json", "127.0.0.1:8090", site)
	if !strings.Contains(person.String(), "  Pages:  http://localhost:8090/chat/\n") || !strings.Contains(machine.String(), `"visitors":"http://127.0.0.1:8090/chat/"`) {
		t.Errorf("people read %q, machines %q", person.String(), machine.String())
	}
}

// Who set ADMIN_PASSWORD may not know whose it is.
func TestTheAnnouncementNamesTheUserOfADMINPASSWORD(t *testing.T) {
	var person, machine strings.Builder
	announce(&person, "auto", "127.0.0.1:80", nil, firstPassword{set: true})
	announce(&machine, "json", "127.0.0.1:80", nil, firstPassword{set: true})
	if !strings.Contains(person.String(), "  Sign in as admin (ADMIN_PASSWORD is set).\n") || !strings.Contains(machine.String(), `"user":"admin"`) {
		t.Errorf("people read %q, machines %q", person.String(), machine.String())
	}
}

// at is a site of these settings.
func at(t *testing.T, public, base string) *limit.Site {
	t.Helper()
	s, err := limit.NewSite(public, base, ":8080")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFirstPasswordIsShownWhereOnlyAPersonReadsIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what     string
		terminal bool
		format   string
		shown    bool
	}{
		{"go run . at a terminal", true, "auto", true},
		{"lines for people at a terminal", true, "pretty", true},
		{"docker run", false, "auto", false},
		{"a pipe", false, "pretty", false},
		{"JSON at a terminal, which a collector reads", true, "json", false},
		{"JSON", false, "json", false},
	} {
		s := &system{}
		s.DataDir, s.LogFormat = filepath.Join(t.TempDir(), "data"), c.format
		keep, announced := s.keepPassword(c.terminal)
		if c.shown {
			if got := announced("k7mq"); keep != nil || got.shown != "k7mq" || got.file != "" {
				t.Errorf("%s: %+v", c.what, got)
			}
			continue
		}
		for _, other := range []string{"of a replica that came too late", "k7mq"} {
			settle, err := keep(other)
			if err != nil {
				t.Fatal(err)
			}
			settle(other == "k7mq")
		}
		got := announced("k7mq")
		text, err := os.ReadFile(got.file)
		info, statErr := os.Stat(got.file)
		if got.shown != "" || errors.Join(err, statErr) != nil || string(text) != "k7mq\n" || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %+v holds %q with mode %v, %v", c.what, got, text, info.Mode(), err)
		}
		if left, err := os.ReadDir(s.DataDir); err != nil || len(left) != 1 {
			t.Errorf("%s: %d files are left, %v", c.what, len(left), err)
		}
		if announced("") != (firstPassword{}) {
			t.Errorf("%s: a file is announced without a password", c.what)
		}
	}
}

func TestWhereNoPasswordCanBeKeptTheSettingIsAskedFor(t *testing.T) {
	t.Parallel()
	s := &system{}
	s.DataDir = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(s.DataDir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keep, _ := s.keepPassword(false)
	if _, err := keep("k7mq"); ExitCode(err) != 2 || !strings.Contains(err.Error(), "set ADMIN_PASSWORD") || strings.Contains(err.Error(), "k7mq") {
		t.Errorf("%v", err)
	}
}

// What the program writes where no terminal is ends up in collections of logs.
func TestTheFirstPasswordIsInNoLog(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"auto", "json"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		data := filepath.Join(t.TempDir(), "data")
		cmd := program(ctx, t, []string{"ADDR=127.0.0.1:0", "DATA_DIR=" + data, "LOG_FORMAT=" + format, "LOG_LEVEL=debug"})
		var out safeBuffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(data, passwordFile)
		bustest.Eventually(t, "the start", func() bool { return strings.Contains(out.String(), "ready") && strings.Contains(out.String(), file) })
		cancel()
		_ = cmd.Wait()
		password, err := os.ReadFile(file)
		if err != nil || len(password) < 20 {
			t.Fatalf("%q, %v", password, err)
		}
		if strings.Contains(out.String(), strings.TrimSpace(string(password))) {
			t.Errorf("with LOG_FORMAT=%s the password is in the output:\n%s", format, out.String())
		}
	}
}

// safeBuffer is written by a command while a test reads it.
type safeBuffer struct {
	mu sync.Mutex // guards b
	b  strings.Builder
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}
func (s *safeBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }
