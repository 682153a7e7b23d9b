package app

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/config"
)

// logged is what was logged so far.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), s)
}

// The log says how many pages are known, at the start and whenever the folder changed, and
// once why it can't be used.
func TestTheLogSaysWhichPagesTheBotAnswersFrom(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "."+name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "."+name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put("a.md", "# Apples\n\nApples are red, and they are good for you.\n\n## Pears\n\nPears are green.")
	put("picture.png", "x")
	var log logged
	s := &system{Config: config.Config{BotKnowledge: dir}, log: zerolog.New(&log)}
	folder, err := s.pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"pages":1,"passages":2`, "1 .png"} {
		if log.count(want) != 1 {
			t.Errorf("no %q in %s", want, log.text.String())
		}
	}
	metrics := prometheus.NewRegistry()
	folder.Register(metrics)
	stop := follow(t.Context(), folder, 5*time.Millisecond, s.log)
	put("b.md", "# Plums\n\nPlums are blue.")
	bustest.Eventually(t, "the new page is in the log", func() bool { return log.count(`"pages":2,"passages":3`) == 1 })
	put("c.md", "")
	bustest.Eventually(t, "the broken page is in the log", func() bool { return log.count("c.md: has no text") == 1 })
	put("b.md", "# Plums\n\nPlums are dark.\n\n## Stones\n\nThey have stones.")
	put("c.md", "# Cherries\n\nCherries are small.")
	bustest.Eventually(t, "the mended pages are in the log", func() bool { return log.count(`"pages":3,"passages":5`) == 1 })
	stop()
	if found := folder.Current().Search("cherries", 1); len(found) != 1 || folder.Refused() {
		t.Errorf("found %+v", found)
	}
	all, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, m := range all {
		got[m.GetName()] = m.GetMetric()[0].GetGauge().GetValue()
	}
	if got["parley_bot_pages"] != 3 || got["parley_bot_passages"] != 5 || got["parley_bot_pages_refused"] != 0 || time.Since(time.UnixMilli(int64(1000*got["parley_bot_pages_read_timestamp_seconds"]))).Abs() > time.Hour {
		t.Errorf("metrics: %v", got)
	}
}

func TestTheBuiltinPagesNeverChange(t *testing.T) {
	s := &system{log: zerolog.Nop()}
	folder, err := s.pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	follow(t.Context(), folder, knowledge.LookEvery, s.log)()
	if folder.Current().Pages() < 5 {
		t.Errorf("%d pages", folder.Current().Pages())
	}
}

// The bot answers with the site's own words for what its pages call otherwise.
func TestTheBotKnowsTheSitesOwnWords(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("# Widgets\n\nThey come in red.\n\n## Boxes\n\nOf wood."), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &system{Config: config.Config{BotKnowledge: dir, BotSynonyms: "widget, doodad"}, log: zerolog.Nop()}
	folder, err := s.pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if found := folder.Current().Search("doodads", 1); len(found) != 1 || found[0].Confidence < knowledge.Threshold {
		t.Errorf("%+v", found)
	}
	s.BotSynonyms = "widget"
	if _, err := s.pages(t.Context()); err == nil || !strings.Contains(err.Error(), "BOT_SYNONYMS") {
		t.Errorf("a group of one word: %v", err)
	}
}
