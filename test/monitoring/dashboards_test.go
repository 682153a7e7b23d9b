package monitoring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/monitoring/internal/board"
	"github.com/parley-chat/parley/test/monitoring/internal/operator"
)

// dashboard has the parts of Grafana's format that the tests look at.
type dashboard struct {
	UID    string   `json:"uid"`
	Title  string   `json:"title"`
	Tags   []string `json:"tags"`
	Schema int      `json:"schemaVersion"`
	Links  []struct {
		Type string   `json:"type"`
		Tags []string `json:"tags"`
	} `json:"links"`
	Panels []struct {
		ID          int                      `json:"id"`
		Type        string                   `json:"type"`
		Title       string                   `json:"title"`
		Description string                   `json:"description"`
		Source      dataSource               `json:"datasource"`
		GridPos     struct{ X, Y, W, H int } `json:"gridPos"`
		Targets     []struct {
			Expr   string     `json:"expr"`
			Source dataSource `json:"datasource"`
		} `json:"targets"`
		Field struct {
			Defaults struct {
				Unit string `json:"unit"`
			} `json:"defaults"`
		} `json:"fieldConfig"`
	} `json:"panels"`
}

type dataSource struct {
	UID string `json:"uid"`
}

func TestTheDashboardsAreThoseThatAreMade(t *testing.T) {
	made, err := board.All()
	if err != nil {
		t.Fatal(err)
	}
	committed := committedBoards(t)
	if len(committed) != len(made) {
		t.Errorf("there are %d files for %d dashboards", len(committed), len(made))
	}
	for name, text := range made {
		if !bytes.Equal(committed[name], text) {
			t.Errorf("k8s/monitoring/dashboards/%s is out of date: cd test/monitoring && go run ./cmd/made", name)
		}
	}
	rule, err := operator.Rule(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(rule, read(t, "k8s/monitoring/prometheusrule.yaml")) {
		t.Error("k8s/monitoring/prometheusrule.yaml is out of date: cd test/monitoring && go run ./cmd/made")
	}
}

var units = map[string]bool{"short": true, "ops": true, "s": true, "bytes": true, "Bps": true, "percentunit": true}

var oneSentence = regexp.MustCompile(`^[A-Z].*\.$`)

// checkBoard returns what a reader of the dashboard would stumble over.
func checkBoard(name string, text []byte) (faults []string) {
	var b dashboard
	fault := func(format string, v ...any) { faults = append(faults, name+": "+fmt.Sprintf(format, v...)) }
	if err := json.Unmarshal(text, &b); err != nil {
		fault("%v", err)
		return faults
	}
	if b.UID != "parley-"+strings.TrimSuffix(name, ".json") || b.Title == "" || b.Schema < 39 || len(b.Tags) != 1 || b.Tags[0] != "parley" {
		fault("uid %q, title %q, schema %d, tags %v", b.UID, b.Title, b.Schema, b.Tags)
	}
	if len(b.Links) != 1 || b.Links[0].Type != "dashboards" || len(b.Links[0].Tags) != 1 || b.Links[0].Tags[0] != "parley" {
		fault("it does not lead to the other dashboards")
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range b.Panels {
		if ids[p.ID] {
			fault("there are two panels %d", p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					fault("%s lies on %q, or outside", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || !oneSentence.MatchString(p.Description) {
			fault("the panel %q says %q", p.Title, p.Description)
		}
		if !units[p.Field.Defaults.Unit] {
			fault("%s has the unit %q", p.Title, p.Field.Defaults.Unit)
		}
		if len(p.Targets) == 0 || p.Source.UID != board.Source {
			fault("%s asks nobody", p.Title)
		}
		for _, target := range p.Targets {
			if target.Source.UID != board.Source {
				fault("%s asks %q", p.Title, target.Source.UID)
			}
			if rated := strings.Contains(target.Expr, "rate("); rated && p.Field.Defaults.Unit == "bytes" {
				fault("%s shows a rate as %s", p.Title, p.Field.Defaults.Unit)
			}
			if strings.Contains(target.Expr, "_seconds_bucket") && p.Field.Defaults.Unit != "s" {
				fault("%s shows seconds as %s", p.Title, p.Field.Defaults.Unit)
			}
			want := "bytes"
			if strings.Contains(target.Expr, "rate(") {
				want = "Bps"
			}
			if strings.Contains(target.Expr, "_bytes") && p.Field.Defaults.Unit != want {
				fault("%s shows bytes as %s", p.Title, p.Field.Defaults.Unit)
			}
		}
	}
	return faults
}

func TestTheDashboardsAreInOrder(t *testing.T) {
	for name, text := range committedBoards(t) {
		for _, fault := range checkBoard(name, text) {
			t.Error(fault)
		}
	}
}
