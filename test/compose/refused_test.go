package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/compose/internal/refuser"
)

// A wrong setting is reported at once, in a sentence that names it, and ends the role
// with code 2; a service manager that restarts it changes nothing.
func TestAWrongSettingStopsItsRoleAtOnce(t *testing.T) {
	const nats = "NATS_URL=nats://parley:geheim@127.0.0.1:1" // where nobody answers
	empty, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role     string
		settings []string
		names    string // the settings, each on a line of its own
		says     string
	}{
		{"gateway", nil, "NATS_URL", "the role gateway needs a NATS server"},
		{"botworker", nil, "NATS_URL", "the role botworker needs a NATS server"},
		{"web", nil, "GATEWAY_URL", "the role web asks a gateway how the chat looks"},
		{"web", []string{"GATEWAY_URL=http://u:geheim@gateway/chat", "BASE_PATH=/api"}, "GATEWAY_URL BASE_PATH", `"http://u:xxxxx@gateway/chat" is not the address of a gateway, such as http://gateway:8080, without a path`},
		{"escalation", nil, "NATS_URL", "the role escalation needs a NATS server"},
		{"historyworker", nil, "NATS_URL", "the role historyworker needs a NATS server"},
		{"botworker", []string{nats, "BOT_KNOWLEDGE=/is/not/there"}, "BOT_KNOWLEDGE", `"/is/not/there" is not a folder that can be read`},
		{"escalation", []string{nats, "STREAMS=0"}, "STREAMS", "0 is not a number from 1 to 64"},
		{"escalation", []string{nats, "WAIT_LIMIT=1s"}, "WAIT_LIMIT", "1s is less than 5s"},
		{"gateway", []string{nats, "VISITOR_AUTH=signed"}, "TOKEN_KEY", "VISITOR_AUTH=signed needs the key"},
		{"gateway", []string{nats, "ADMIN_PASSWORD=geheim"}, "ADMIN_PASSWORD", "it has 6 characters"},
		{"gateway", []string{nats, "STREAMS=0", "ASSIGN=fair"}, "ASSIGN STREAMS", `"fair" is none of manual, auto`},
		{"historyworker", []string{nats, "MONGO_URL=postgres://parley:geheim@db/"}, "MONGO_URL", "the URL of MongoDB is not one such as mongodb://"},
		{"historyworker", []string{nats, "MONGO_URL=mongodb://parley:ge/heim@db/parley"}, "MONGO_URL", "the URL of MongoDB is not one such as mongodb://127.0.0.1:27017/parley: unescaped slash in password"},
		{"historyworker", []string{nats, "MONGO_URL=mongodb://db:port/parley", "RETENTION=week"}, "MONGO_URL RETENTION", "the URL of MongoDB is not one such as"},
		{"historyworker", []string{nats, "MONGO_URL=mongodb+srv://db.example.org:27017/parley"}, "MONGO_URL", "the URL of MongoDB is not one such as mongodb://127.0.0.1:27017/parley: with mongodb+srv it has one name, without a port"},
		{"historyworker", []string{nats, "DATA_DIR=" + file}, "DATA_DIR", "the folder " + file + " can't be created: not a directory"},
		{"botworker", []string{nats, "BOT_KNOWLEDGE=" + empty}, "BOT_KNOWLEDGE", "the knowledge folder holds no page that can be used"},
		{"botworker", []string{nats, "LLM_URL=http://127.0.0.1:1/v1", "LLM_MODEL=m", "LLM_KEY=geheim\n"}, "LLM_KEY", "it holds a line break"},
		{"escalation", []string{"NATS_URL=nats://127.0.0.1:99999"}, "NATS_URL", `"nats://127.0.0.1:99999" is not a URL such as`},
		{"gateway", []string{nats, "RATE_PER_ADDRESS=Inf"}, "RATE_PER_ADDRESS", "+Inf is not a number from 0.01 to"},
	} {
		code, said := ended(t, parley(t, c.settings, c.role))
		lines := strings.Split(strings.TrimSpace(said), "\n")
		if code != 2 || lines[0] != "parley: these settings can't be used:" || !strings.Contains(said, ": "+c.says) {
			t.Errorf("%s with %v: code %d, and it prints:\n%s", c.role, c.settings, code, said)
		}
		for _, name := range strings.Fields(c.names) {
			if !strings.Contains(said, "\n  "+name+": ") {
				t.Errorf("%s with %v does not name %s:\n%s", c.role, c.settings, name, said)
			}
		}
		if len(lines)-1 != len(strings.Fields(c.names)) || strings.Contains(said, "geheim") {
			t.Errorf("%s with %v prints too much:\n%s", c.role, c.settings, said)
		}
	}
}

// An address that can't be listened on, and a folder that is in use, are reported in one
// line, before the role connects to NATS.
func TestWhatAnotherProgramHasIsNamedAtOnce(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	addr, folder := taken.Addr().String(), t.TempDir()
	const nats = "NATS_URL=nats://127.0.0.1:1"
	start(t, parley(t, []string{"ADDR=" + freeAddress(t), "DATA_DIR=" + folder})).says(t, "Parley is ready")
	for _, c := range []struct {
		role     []string
		settings []string
		says     string
	}{
		{[]string{"gateway"}, []string{nats, "ADDR=" + addr}, "ADDR: the address " + addr + " is in use by another program"},
		{[]string{"botworker"}, []string{nats, "HEALTH_ADDR=" + addr}, "HEALTH_ADDR: the address " + addr + " is in use by another program"},
		{[]string{"escalation"}, []string{nats, "HEALTH_ADDR=192.0.2.1:81"}, "HEALTH_ADDR: this machine can't listen on 192.0.2.1:81"},
		{nil, []string{"ADDR=" + freeAddress(t), "DATA_DIR=" + folder}, "another Parley is running on the data folder " + folder},
	} {
		code, said := ended(t, parley(t, c.settings, c.role...))
		if code != 2 || !strings.Contains(said, "parley: "+c.says) {
			t.Errorf("%v with %v: code %d, and it prints:\n%s", c.role, c.settings, code, said)
		}
	}
}

// A mistake that only NATS knows is reported as clearly, once NATS is reached.
func TestAnInstallationThatIsLaidOutOtherwiseIsNamed(t *testing.T) {
	t.Parallel()
	nats := "NATS_URL=nats://parley:theright@" + startNATS(t, "theright")
	start(t, parley(t, []string{nats, "STREAMS=2"}, "botworker")).says(t, `"message":"running"`)
	for _, c := range []struct{ role, setting, says string }{
		{"botworker", "STREAMS=4", "STREAMS: it is 4, and the chats on NATS were stored with 2; set STREAMS=2."},
		{"setup", "STREAMS=1", "STREAMS: it is 1"},
		// The streams exist, but the buckets don't yet.
		{"gateway", "NATS_REPLICAS=3", "NATS_REPLICAS: it is 3, but the NATS server is a single one, without a cluster."},
		{"escalation", "NATS_REPLICAS=3", "NATS_REPLICAS: it is 3, but the NATS server is a single one, without a cluster."},
	} {
		code, said := ended(t, parley(t, []string{nats, "ADDR=" + freeAddress(t), "STREAMS=2", c.setting}, c.role))
		last := strings.TrimSpace(said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:])
		if code != 2 || !strings.HasPrefix(last, "parley") || !strings.Contains(last, c.says) {
			t.Errorf("%s with %s: code %d, and it prints:\n%s", c.role, c.setting, code, said)
		}
	}
}

func TestARoleThatNATSRefusesSaysSoAndTriesAgain(t *testing.T) {
	t.Parallel()
	addr := startNATS(t, "theright")
	for _, role := range []string{"gateway", "botworker", "escalation", "historyworker"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			// 250 ms, doubling; each may be up to half shorter.
			refusedRole(t, role, "waiting for NATS", 1800*time.Millisecond, "NATS_URL=nats://parley:geheim@"+addr)
		})
	}
}

func TestAHistoryWorkerThatMongoDBRefusesSaysSoAndTriesAgain(t *testing.T) {
	t.Parallel()
	mongo, err := refuser.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- mongo.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	nats := "NATS_URL=nats://parley:theright@" + startNATS(t, "theright")
	refusedRole(t, "historyworker", "waiting for MongoDB", 3600*time.Millisecond, nats, "MONGO_URL=mongodb://parley:geheim@"+mongo.Addr()+"/parley")
	if n := mongo.Attempts(); n < tries {
		t.Errorf("the history worker tried to sign in %d times", n)
	}
}

// tries is how many attempts of a role are watched.
const tries = 5

// refusal matches the report that a role is not let in.
var refusal = regexp.MustCompile(`(?i)authorization|authenticat|refuses`)

// refusedRole starts a role with a password that is refused. It must log that at each
// attempt, with growing delays that add up to at least this much, and report it on
// /readyz and in parley health; and it must live on, and never reveal the password.
func refusedRole(t *testing.T, role, waits string, least time.Duration, settings ...string) {
	t.Helper()
	addr := freeAddress(t)
	listen := "HEALTH_ADDR=" + addr
	visitors := freeAddress(t)
	p := start(t, parley(t, append(settings, listen, "ADDR="+visitors), role))
	p.says(t, fmt.Sprintf(`"try":%d,.*"message":"%s"`, tries, waits))

	var first, last time.Time
	for line := range strings.Lines(p.output()) {
		var said struct {
			Message, Error string
			Try            int
			Time           time.Time
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Errorf("not a line of a log: %s", line)
			continue
		}
		if said.Message != waits {
			continue
		}
		if !refusal.MatchString(said.Error) {
			t.Errorf("a refusal is not reported: %s", line)
		}
		switch said.Try {
		case 1:
			first = said.Time
		case tries:
			last = said.Time
		}
	}
	if got := last.Sub(first); got < least {
		t.Errorf("%d attempts took %v; with growing delays, they take at least %v", tries, got, least)
	}

	code, why := ended(t, parley(t, []string{listen}, "health"))
	if code != 1 || !strings.Contains(why, "503 Service Unavailable: "+waits) {
		t.Errorf("parley health: code %d, %s", code, why)
	}
	if code, said := ended(t, parley(t, []string{listen}, "health", "live")); code != 0 {
		t.Errorf("parley health live: code %d, %s", code, said)
	}
	ready := get(t, "http://"+addr+"/readyz")
	p.lives(t)
	if role == "gateway" {
		if told := get(t, "http://"+visitors+"/"); !strings.HasSuffix(told, "this process is still starting\n") {
			t.Errorf("strangers are told %q", told)
		}
	}
	for _, text := range []string{p.output(), why, ready, get(t, "http://"+addr+"/metrics")} {
		if strings.Contains(text, "geheim") || strings.Contains(text, "goroutine ") {
			t.Errorf("it reveals a password, or a stack: %s", text)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
