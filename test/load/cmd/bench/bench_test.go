package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/pipeline"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// TestMain makes the test's own program what main is: the command, and the parts of the
// pipeline.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "part" {
		os.Exit(pipeline.Part(os.Args[2:]))
	}
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(inFolder(m))
}

func inFolder(m *testing.M) int {
	var err error
	if buildDir, err = os.MkdirTemp("", "parley-bench-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(buildDir) }()
	return m.Run()
}

// asCommand is set for a process that shall be the command.
const asCommand = "PARLEY_BENCH_TEST"

// start starts a system for a test.
func start(t *testing.T, spec scenario.Spec) *scenario.System {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	spec.Self, spec.Sync = self, "100ms"
	sys, err := scenario.Start(t.Context(), spec, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sys.Stop)
	return sys
}

var (
	buildDir string // of this run, made and removed by TestMain
	// built is the program under test, built once if a test needs it.
	built = sync.OnceValues(func() (string, error) { return proc.Parley(context.Background(), buildDir) })
)

// parley returns the program.
func parley(t *testing.T) string {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// The command with everything that it measures, small: the figures are in the JSON, the
// pictures on the page.
func TestParleyIsMeasuredBesideThePipeline(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	data, page := filepath.Join(folder, "bench.json"), filepath.Join(folder, "bench.html")
	err := run(t.Context(), []string{
		"-parley", parley(t), "-label", "this", "-what", "closed,open,idle,fanout,paging,storm", "-sockets", "2", "-seconds", "0.5", "-rounds", "1",
		"-rate", "20", "-visitors", "20", "-viewers", "5", "-cut", "20", "-stored", "500", "-profile", folder, "-json", data, "-html", page,
	}, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, file := range []string{"pipeline-2-nats", "pipeline-2-worker", "this-2-nats", "this-2-gateway", "this-2-botworker", "this-2-historyworker", "this-2-escalation"} {
		if _, err := os.Stat(filepath.Join(folder, file+".pb.gz")); err != nil {
			t.Errorf("no profile: %v\n%s", err, &out)
		}
	}
	var r Report
	text, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 2 || len(r.Open) != 2 || len(r.Idle) != 1 || len(r.FanOut) != 1 || len(r.Paging) != 1 || len(r.Storm) != 1 {
		t.Fatalf("not everything was measured:\n%s", &out)
	}
	beside, own := r.Rows[0], r.Rows[1]
	if beside.Label != pipelineLabel || own.Label != "this" || own.Rate <= 0 || own.OfRate <= 0 || own.Reply.P99 < own.Reply.P50 || own.Ack.P50 > own.Reply.P50 || own.Refused+own.Lost+own.Unserved > 0 {
		t.Errorf("turns: %+v beside %+v", own, beside)
	}
	for _, part := range []string{"nats", "gateway", "botworker", "historyworker", "escalation"} {
		if _, has := own.CPU[part]; !has {
			t.Errorf("the CPU time of %s is missing", part)
		}
	}
	if f := r.FanOut[0]; f.Messages == 0 || f.Missed > 0 {
		t.Errorf("fan-out: %+v", f)
	}
	if s := r.Storm[0]; s.Missing > 0 || s.Seconds <= 0 {
		t.Errorf("storm: %+v", s)
	}
	if r.Paging[0].Pages != pages || r.Paging[0].Stored != 500 {
		t.Errorf("paging: %+v", r.Paging[0])
	}
	shown, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "of the pipeline", "historyworker", "prefers-color-scheme"} {
		if !bytes.Contains(shown, []byte(want)) {
			t.Errorf("the page has no %q", want)
		}
	}
	if bytes.Contains(shown, []byte("://")) || bytes.Contains(shown, []byte("<script")) {
		t.Error("the page needs something from elsewhere")
	}
}

// A visitor who sends too fast is refused. No refused message is a turn.
func TestARefusedMessageIsNoTurn(t *testing.T) {
	sys := start(t, scenario.Spec{Label: "slow down", Program: parley(t), Together: true, Env: []string{"RATE_PER_CONNECTION=2"}})
	p, err := parse([]string{"-seconds", "2"})
	if err != nil {
		t.Fatal(err)
	}
	leg, err := closed(t.Context(), sys, p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A burst of four seconds' worth, the hello included, and two a second.
	if leg.Turns < 1 || leg.Turns > 14 {
		t.Errorf("%d turns at two a second", leg.Turns)
	}
	if leg.Refused["rate_limited"] == 0 {
		t.Errorf("refused: %v", leg.Refused)
	}
	if !strings.Contains(leg.line(), "rate_limited") {
		t.Errorf("the line does not say so: %s", leg.line())
	}
}

func TestASystemWithoutABotIsNamed(t *testing.T) {
	sys := start(t, scenario.Spec{Label: pipelineLabel})
	for _, part := range sys.Parts {
		if part.Name == "worker" {
			part.Process.Kill()
		}
	}
	p, err := parse([]string{"-patience", "300ms", "-seconds", "0.2"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = closed(t.Context(), sys, p, 2, nil); err == nil || !strings.Contains(err.Error(), "does a bot worker run there?") {
		t.Errorf("the error is %v", err)
	}
}

func TestAWrongAddressIsNamed(t *testing.T) {
	ports, err := proc.FreePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, c := range []struct{ url, want string }{
		{"http://" + proc.Loopback(ports[0]), "is the address right"},
		{other.URL, "is it a gateway of Parley"},
		{"127.0.0.1:8080", "is not a URL such as"},
	} {
		err := run(t.Context(), []string{"-url", c.url, "-sockets", "1", "-seconds", "0.1"}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.url) {
			t.Errorf("%s: the error is %v", c.url, err)
		}
	}
}

// The command itself, as a user who may not raise the limit: a sentence that says how, and
// an exit code.
func TestTooFewFilesAreASentence(t *testing.T) {
	dir, err := os.MkdirTemp("", "parley-bench-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(dir, "bench")
	if err := os.WriteFile(command, program, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `ulimit -n 256 && exec "$0" -sockets 500`, command)
	cmd.Env, cmd.Dir = append(os.Environ(), asCommand+"=1"), dir
	if os.Geteuid() == 0 { // root may raise every limit
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if !strings.Contains(string(out), "open files are needed, and this user may have 256") || !strings.Contains(string(out), "ulimit -Hn") {
		t.Errorf("it says %s", out)
	}
}

func TestArgumentsThatMakeNoSense(t *testing.T) {
	for _, args := range [][]string{
		{"-sockets", "0"}, {"-sockets", "many"}, {"-seconds", "0"}, {"-rounds", "0"}, {"-sync", "sometimes"}, {"-streams", "65"}, {"-bytes", "0"},
		{"-label", "a", "-label", "b"}, {"-url", "http://a", "-parley", "b"}, {"rounds"}, {"-patience", "1ns"}, {"-what", "closed,nothing"}, {"-cut", "0"}, {"-stored", "-1"}, {"-rate", "-1"}, {"-goals", "-url", "http://a"}, {"-into", "page.md"}, {"-nodes", "2"}, {"-nodes", "3", "-together"},
	} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

func TestOnlyTheTopOfAFrameIsRead(t *testing.T) {
	var h heard
	for _, c := range []struct {
		frame, t, kind, id  string
		seq, through, retry uint64
	}{
		{`{"t":"ack","id":"m1","seq":42}`, "ack", "", "m1", 42, 0, 0},
		{`{"t":"event","seq":7,"from":{"role":"bot","id":"x","seq":1},"text":"a \"t\":\"ack\" }","kind":"reply","through":6}`, "event", "reply", "", 7, 6, 0},
		{` { "kind" : "reply" , "events" : [ {"t":"x","seq":9}, "]" ] , "t" : "page" , "seq" : 3 } `, "page", "reply", "", 3, 0, 0},
		{`{"t":"error","id":"m2","code":"rate_limited","retry_after_ms":250}`, "error", "", "m2", 0, 0, 250},
		{`{}`, "", "", "", 0, 0, 0},
	} {
		if err := h.read([]byte(c.frame)); err != nil || string(h.t) != c.t || string(h.kind) != c.kind || string(h.id) != c.id || h.seq != c.seq || h.through != c.through || h.retry != c.retry {
			t.Errorf("%s is read as %+v (%v)", c.frame, h, err)
		}
	}
	for _, bad := range []string{"", "[]", `{"t"}`, `{"t":"a`, `{"t":"a" "b":1}`, `{t:1}`, `{"a":{"b":1}`} {
		if err := h.read([]byte(bad)); err == nil {
			t.Errorf("%q is read as a frame", bad)
		}
	}
}

func FuzzFramesAreReadWithoutHarm(f *testing.F) {
	f.Add([]byte(`{"t":"event","seq":7,"from":{"role":"bot"},"text":"a\\\"","through":6}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var h heard
		_ = h.read(data)
	})
}

func TestTheTableOfGoalsIsReplacedInItsPage(t *testing.T) {
	page := "# Performance\n\n" + goalsBegin + "| old |\n" + goalsEnd + "\nMore.\n"
	goals := []Goal{{"turns/s", "0.13", "0.70", "≥ 0.60", true}, {"p99", "7.4 ×", "2.0 ×", "≤ 1.8 ×", false}}
	once, err := into(page, goals)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Performance\n\n" + goalsBegin, "| turns/s", "0.70", "| yes", "| no", goalsEnd + "\nMore.\n"} {
		if !strings.Contains(once, want) {
			t.Errorf("the page has no %q:\n%s", want, once)
		}
	}
	if strings.Contains(once, "old") {
		t.Errorf("the old table is still there:\n%s", once)
	}
	if twice, err := into(once, goals); twice != once || err != nil {
		t.Errorf("a second time changes it (%v):\n%s", err, twice)
	}
	if _, err := into("# Another page", goals); err == nil {
		t.Error("a page without the place is taken")
	}
}

func TestTheMiddleOfAnEvenNumberIsBetweenTwo(t *testing.T) {
	for _, c := range []struct {
		all  []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := middle(c.all); got != c.want {
			t.Errorf("the middle of %v is %v, not %v", c.all, got, c.want)
		}
	}
}
