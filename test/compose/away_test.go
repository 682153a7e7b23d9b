package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/parley-chat/parley/test/internal/wait"
)

// line is a line of a role's log.
type line struct{ Level, Role, Message, Error, For string }

// lines returns all that a process has logged.
func (p *process) lines(t *testing.T) (all []line) {
	t.Helper()
	for text := range strings.Lines(p.output()) {
		if !strings.HasPrefix(text, "{") {
			continue // what the gateway shows on its terminal
		}
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Errorf("not a line of a log: %s", text)
		}
		all = append(all, l)
	}
	return all
}

// readyz waits until a role's answer matches.
func readyz(t *testing.T, addr, like string) {
	t.Helper()
	answer := regexp.MustCompile(like)
	err := wait.Until(t.Context(), patience, "/readyz says "+like, func(context.Context) string {
		if got := get(t, "http://"+addr+"/readyz"); !answer.MatchString(got) {
			return "it says " + got
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
}

// restartable is a NATS server that goes down and comes back at its address.
func restartable(t *testing.T) (addr string, begin func() *process) {
	t.Helper()
	addr, dir := freeAddress(t), t.TempDir()
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("listen: %q\nauthorization { user: parley, password: theright }\njetstream { store_dir: %q }\n", addr, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return addr, func() *process {
		server := start(t, exec.CommandContext(t.Context(), program(t, natsBuilt), "-c", conf))
		server.says(t, "Server is ready")
		return server
	}
}

func (p *process) ends(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// An operator reads in the log what is down, why, and what does not work meanwhile; and
// finally that it is back, and how long it was down. Eight streams, two buckets and a
// service that all fail add nothing to that.
func TestAnOutageOfNATSIsTwoLinesOfEachRole(t *testing.T) {
	t.Parallel()
	nats, begin := restartable(t)
	server := begin()
	roles := map[string]*process{}
	at := map[string]string{}
	for _, role := range []string{"gateway", "botworker", "escalation", "historyworker"} {
		at[role] = freeAddress(t)
		roles[role] = start(t, parley(t, []string{"NATS_URL=nats://parley:theright@" + nats, "ADDR=" + freeAddress(t), "HEALTH_ADDR=" + at[role]}, role))
	}
	before := map[string]int{}
	for role, p := range roles {
		p.says(t, `"message":"running"`)
		readyz(t, at[role], "ready")
		before[role] = len(p.lines(t))
	}
	server.ends(t)
	for role, p := range roles {
		p.says(t, "is down")
		readyz(t, at[role], "NATS at "+nats+" has been down for ")
	}
	// Long enough for everything that retries every second, or every few, to retry.
	for role := range roles {
		readyz(t, at[role], `down for ([89]|[1-9][0-9])s: the connection is refused`)
	}
	begin()
	without := map[string]string{
		"gateway": "visitors and agents can neither read nor write here", "botworker": "the bot answers nobody here",
		"escalation": "nobody gets to a person", "historyworker": "nothing is stored here",
	}
	for role, p := range roles {
		p.says(t, "NATS at "+nats+" is back")
		readyz(t, at[role], "ready")
		said := p.lines(t)[before[role]:]
		if len(said) != 2 {
			t.Errorf("%s logs %d lines: %v", role, len(said), said)
			continue
		}
		first, last := said[0], said[1]
		if first.Level != "warn" || first.Error != "the connection is refused" || !strings.HasPrefix(first.Message, "NATS at "+nats+" is down: "+without[role]) || !strings.HasSuffix(first.Message, "retrying until it is back") {
			t.Errorf("%s begins with %v", role, first)
		}
		if last.Level != "info" || last.Message != "NATS at "+nats+" is back" || last.For == "" {
			t.Errorf("%s ends with %v", role, last)
		}
		if strings.Contains(p.output(), "theright") {
			t.Errorf("%s logs the password", role)
		}
	}
}

// A server that hangs accepts connections, and lets nobody in.
func TestANATSThatHangsIsSaidNotToAnswer(t *testing.T) {
	t.Parallel()
	nats, begin := restartable(t)
	server := begin()
	addr := freeAddress(t)
	p := start(t, parley(t, []string{"NATS_URL=nats://parley:theright@" + nats, "HEALTH_ADDR=" + addr}, "botworker"))
	p.says(t, `"message":"running"`)
	if err := server.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	readyz(t, addr, "^NATS at "+nats+" has been down for .*: it did not answer in time\n$")
	if err := server.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	readyz(t, addr, "ready")
	p.says(t, "NATS at "+nats+" is back")
}

// The same for MongoDB, which only the history worker has: no other role is affected.
func TestAnOutageOfMongoDBIsTwoLines(t *testing.T) {
	t.Parallel()
	addr, mongo, dir := freeAddress(t), freeAddress(t), t.TempDir()
	begin := func() *process {
		server := start(t, exec.CommandContext(t.Context(), program(t, ferretBuilt), "-addr", mongo, "-dir", dir))
		server.says(t, "mongodb://"+mongo)
		return server
	}
	server := begin()
	nats := "NATS_URL=nats://parley:theright@" + startNATS(t, "theright")
	p := start(t, parley(t, []string{nats, "HEALTH_ADDR=" + addr, "MONGO_URL=mongodb://" + mongo + "/parley"}, "historyworker"))
	p.says(t, `"message":"running"`)
	readyz(t, addr, "ready")
	before := len(p.lines(t))
	server.ends(t)
	readyz(t, addr, "^MongoDB at "+mongo+" can't be used: the connection is refused\n$")
	begin()
	readyz(t, addr, "ready")
	p.says(t, `"The store is back"`)
	said := p.lines(t)[before:]
	if len(said) != 2 || said[0].Error != "MongoDB at "+mongo+" can't be used: the connection is refused" || said[1].For == "" ||
		said[0].Message != "The store is down: new messages wait in the streams, and older ones can't be read; retrying until it is back" {
		t.Errorf("it logs %v", said)
	}
}

// A role does not log that it runs, and is not ready, before it has what it works with.
func TestAHistoryWorkerRunsOnceMongoDBIsThere(t *testing.T) {
	t.Parallel()
	addr, mongo := freeAddress(t), freeAddress(t)
	nats := "NATS_URL=nats://parley:theright@" + startNATS(t, "theright")
	p := start(t, parley(t, []string{nats, "HEALTH_ADDR=" + addr, "MONGO_URL=mongodb://parley:geheim@" + mongo + "/parley"}, "historyworker"))
	p.says(t, `"message":"waiting for MongoDB"`)
	readyz(t, addr, "waiting for MongoDB: MongoDB at "+mongo+" can't be used: the connection is refused")
	for _, l := range p.lines(t) {
		if l.Message == "running" || strings.Contains(l.Error, "topology") || strings.Contains(l.Error, "{") {
			t.Errorf("it logs %v", l)
		}
	}
	if strings.Contains(p.output(), "geheim") {
		t.Error("it logs the password")
	}
}
