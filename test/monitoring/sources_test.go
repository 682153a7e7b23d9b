package monitoring

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	dto "github.com/prometheus/client_model/go"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/botworker/meter"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/web/server"
)

// root is the repository's root, relative to this folder.
const root = "../.."

// ofTheRoles makes one replica of each role, on a connection of its own, and collects
// what it registers.
func (f *figures) ofTheRoles(t testing.TB) {
	t.Helper()
	nats := bustest.Start(t)
	// A consumer's metrics are shown once it exists.
	if err := nats.Connect("setup").MakeAll(t.Context(), roles.Durables()); err != nil {
		t.Fatal(err)
	}
	for _, one := range roles.All() {
		role := one.Name
		r := f.recorder(role)
		conn := nats.ConnectWith(bus.Options{Name: role, Metrics: r})
		switch role {
		case "gateway":
			gateway.New(gateway.Options{Metrics: r, RatePerConnection: 1, RatePerAddress: 1}, conn)
		case "botworker":
			botworker.New(botworker.Options{Metrics: r}, conn, nil)
			meter.New(meter.Options{Metrics: r}, conn)
			answer.FromModel(answer.Model{Metrics: r})
			pages, err := knowledge.OpenBuiltin(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			pages.Register(r)
			if _, err := llm.New(llm.Config{URL: "http://127.0.0.1:1/v1", Model: "m", Metrics: r}); err != nil {
				t.Fatal(err)
			}
		case "escalation":
			if _, err := escalation.New(escalation.Options{Metrics: r}, conn); err != nil {
				t.Fatal(err)
			}
			f.ofTheLag(t, r, conn.WatchTimerLag)
		case "historyworker":
			historyworker.New(historyworker.Options{Metrics: r}, conn, nil, nil)
			f.ofTheLag(t, r, conn.WatchLag)
		default:
			t.Errorf("the metrics of the role %s are not collected: make a replica of it here", role)
		}
		f.gathered(role, gather(t, r))
		own, err := telemetry.NewRegistry(role, "0.0.0").Gather()
		if err != nil {
			t.Fatal(err)
		}
		f.gathered(role, own)
	}
	f.ofThePages(t)
	// Metrics that are shown only while NATS is silent.
	for role, watch := range map[string]func(*bus.Conn) watching{
		"historyworker": func(c *bus.Conn) watching { return c.WatchLag }, "escalation": func(c *bus.Conn) watching { return c.WatchTimerLag },
	} {
		r := f.recorder(role)
		away := bustest.Start(t)
		conn := away.ConnectWith(bus.Options{Name: role, Metrics: r})
		away.Stop()
		f.ofTheLag(t, r, watch(conn))
	}
}

type watching func(context.Context, time.Duration, []bus.Durable) error

// ofTheLag looks until something is shown.
func (f *figures) ofTheLag(t testing.TB, r recorder, watch watching) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- watch(ctx, 10*time.Millisecond, roles.Durables()) }()
	bustest.Eventually(t, "the lag is shown", func() bool {
		for _, family := range gather(t, r) {
			if strings.HasPrefix(family.GetName(), "parley_stream_") { // they all come at once
				f.gathered(r.role, gather(t, r))
				return true
			}
		}
		return false
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func gather(t testing.TB, r recorder) []*dto.MetricFamily {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Error(err)
	}
	return families
}

var visitors = regexp.MustCompile(`Visitors: +(http://\S+)/`)

// ofTheProgram starts everything in one process, as a user does, and reads /metrics.
func (f *figures) ofTheProgram(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "parley"), ".")
	build.Dir, build.Env = root, append(os.Environ(), "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	model := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(model.Close)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "parley"))
	cmd.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "DATA_DIR="+filepath.Join(dir, "data"), "STREAMS=2", "LOG_LEVEL=error", "LLM_URL="+model.URL, "LLM_MODEL=m", "ADMIN_PASSWORD=only for this test")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	base := ""
	lines := bufio.NewScanner(out)
	for base == "" && lines.Scan() {
		if m := visitors.FindStringSubmatch(lines.Text()); m != nil {
			base = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	// Until the last of the metrics that appear by themselves is there.
	bustest.Eventually(t, "the program shows its figures", func() bool {
		families, err := scrape(ctx, base+"/metrics")
		if err != nil {
			return false
		}
		f.gathered("all", families)
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, name := range []string{"parley_consumer_pending", "parley_bus_deliveries_total", "parley_escalation_waiting_chats", "parley_disk_full"} {
			if f.named[name] == nil || !f.named[name].roles["all"] {
				return false
			}
		}
		return len(f.named["parley_bus_deliveries_total"].values["consumer"]) == 3
	})
	stop()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &exit) {
		t.Error(err)
	}
}

func scrape(ctx context.Context, url string) ([]*dto.MetricFamily, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	byName, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil {
		return nil, err
	}
	var list []*dto.MetricFamily
	for _, family := range byName {
		list = append(list, family)
	}
	return list, nil
}

// ofThePages collects what the role web registers, which needs no connection.
func (f *figures) ofThePages(t testing.TB) {
	t.Helper()
	role := roles.Web.Name
	r := f.recorder(role)
	files := fstest.MapFS{}
	for _, page := range []string{"index.html", "agent.html", "settings.html", "ops.html", "embed.html", "widget.js"} {
		files[page] = &fstest.MapFile{}
	}
	if _, err := server.New(server.Options{Files: files, Metrics: r}); err != nil {
		t.Fatal(err)
	}
	f.gathered(role, gather(t, r))
	own, err := telemetry.NewRegistry(role, "0.0.0").Gather()
	if err != nil {
		t.Fatal(err)
	}
	f.gathered(role, own)
}
