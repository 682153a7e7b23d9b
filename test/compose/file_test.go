package compose

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/parley-chat/parley/test/compose/internal/composefile"
	"github.com/parley-chat/parley/test/internal/tree"
)

// read returns a file of the repository.
func read(t testing.TB, name string) string {
	t.Helper()
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// load parses a compose file's text with all its profiles and with passwords set.
func load(t testing.TB, text string, env ...string) *types.Project {
	t.Helper()
	p, err := composefileLoad(t, text, append(slices.Clone(composefile.Passwords), env...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func composefileLoad(t testing.TB, text string, env []string) (*types.Project, error) {
	t.Helper()
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	return composefile.Load(t.Context(), root, []byte(text), env)
}

// A check is one thing that must hold for the file. It returns what does not.
type check func(p *types.Project) []string

// checks are all of them, by what they hold the file to.
var checks = map[string]check{
	"settings are Parley's":         settingsAreKnown,
	"settings fit their role":       settingsFitTheRole,
	"images are pinned":             imagesArePinned,
	"who is waited for has a check": dependenciesHaveChecks,
	"volumes are named":             volumesAreNamed,
	"mounted files are there":       mountsAreThere,
	"ports are open where meant":    portsAreMeant,
	"containers may do little":      containersMayDoLittle,
	"times fit":                     timesFit,
	"names are found":               namesAreFound,
	"regions are apart":             regionsAreApart,
}

func TestTheFileHoldsToItsRules(t *testing.T) {
	p := load(t, read(t, "docker-compose.yml"))
	for _, name := range []string{"gateway", "botworker", "escalation", "historyworker", "web", "nats", "nats-2", "nats-3", "mongo", "gateway-ap", "nats-ap", "mongo-ap", "prometheus", "grafana", "jaeger"} {
		if _, ok := p.Services[name]; !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	for name, check := range checks {
		for _, fault := range check(p) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// Without a profile there is what a newcomer needs; each profile adds to it.
func TestProfiles(t *testing.T) {
	p := load(t, read(t, "docker-compose.yml"))
	by := map[string][]string{}
	for _, s := range p.Services {
		by[strings.Join(s.Profiles, " ")] = append(by[strings.Join(s.Profiles, " ")], s.Name)
	}
	want := map[string]string{
		"": "botworker escalation gateway historyworker mongo nats", "cluster": "nats-2 nats-3", "observability": "grafana jaeger prometheus", "web": "web",
		"regions": "botworker-ap escalation-ap gateway-ap historyworker-ap mongo-ap nats-ap",
	}
	for profile, services := range by {
		slices.Sort(services)
		if strings.Join(services, " ") != want[profile] {
			t.Errorf("the profile %q has %v", profile, services)
		}
	}
}
