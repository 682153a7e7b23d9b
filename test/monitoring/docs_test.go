package monitoring

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/parley-chat/parley/pkg/roles"
)

const (
	runbooks = "https://github.com/parley-chat/parley/blob/main/docs/operations.md#"
	book     = "docs/operations.md"
	table    = "docs/metrics.md"
)

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

var notInAnchors = regexp.MustCompile(`[^a-z0-9 _-]`)

// anchors returns a page's anchors, as browsers find them, with their headings.
func anchors(page string) map[string]string {
	found := map[string]string{}
	for _, m := range heading.FindAllStringSubmatch(withoutCode(page), -1) {
		found[strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = m[1]
	}
	return found
}

var fenced = regexp.MustCompile("(?s)```.*?```")

func withoutCode(page string) string { return fenced.ReplaceAllString(page, "") }

// checkAlert returns what is missing for the person whom the alert wakes.
func checkAlert(r rulefmt.Rule, page string) (faults []string) {
	fault := func(format string, v ...any) { faults = append(faults, r.Alert+": "+fmt.Sprintf(format, v...)) }
	if s := r.Labels["severity"]; s != "critical" && s != "warning" {
		fault("the severity is %q", s)
	}
	if s := r.Annotations["summary"]; !oneSentence.MatchString(strings.ReplaceAll(s, "{{ $labels.job }}", "Role")) || strings.Count(s, ". ") > 0 {
		fault("the summary is not one sentence: %q", s)
	}
	if r.Annotations["description"] == "" || len(r.Annotations) != 3 {
		fault("it has the annotations %v", slices.Sorted(maps.Keys(r.Annotations)))
	}
	if r.For == 0 && r.Alert != "ParleyRestarts" { // its window is half an hour
		fault("it fires at once")
	}
	anchor := strings.ToLower(r.Alert)
	if r.Annotations["runbook_url"] != runbooks+anchor {
		fault("its runbook_url is %q", r.Annotations["runbook_url"])
	}
	if anchors(page)[anchor] != r.Alert {
		fault("%s has no section of that name", book)
	}
	return faults
}

// checkSections: a section named like an alert belongs to an existing one.
func checkSections(page string, alerts []rulefmt.RuleGroup) (faults []string) {
	for _, title := range anchors(page) {
		if strings.HasPrefix(title, "Parley") && !strings.Contains(title, " ") && len(only(alerts, title)[0].Rules) == 0 {
			faults = append(faults, "there is no alert "+title)
		}
	}
	return faults
}

func TestEveryAlertHasItsSection(t *testing.T) {
	alerts, err := readAlerts(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(read(t, book))
	for _, g := range alerts {
		for _, r := range g.Rules {
			for _, fault := range checkAlert(r, page) {
				t.Error(fault)
			}
		}
	}
	for _, fault := range checkSections(page, alerts) {
		t.Error(fault)
	}
}

var (
	link   = regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	tabled = regexp.MustCompile("(?m)^\\| `(parley_[a-z_]+)` \\| ([a-z]+) \\|([^|]*)\\|([^|]*)\\| ([^|]+) \\|$")
	quoted = regexp.MustCompile("`([^`]*)`")
)

// Links within the two pages, and to other files of the repository, lead somewhere.
func TestTheLinksOfThePagesLeadSomewhere(t *testing.T) {
	for _, page := range []string{book, table} {
		text := withoutCode(string(read(t, page)))
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			file, anchor := m[1], m[2]
			if strings.Contains(file, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, "docs", file)); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			target := text
			if file != "" && anchor != "" {
				target = string(read(t, "docs/"+file))
			}
			if anchor != "" && anchors(target)[anchor] == "" {
				t.Errorf("%s: %s#%s leads nowhere", page, file, anchor)
			}
		}
	}
}

// everyRole has the roles by name, and "all", which is everything in one process.
var everyRole = func() []string {
	names := []string{"all"}
	for _, r := range roles.Every() {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}()

// checkTable compares the page of metrics with those that exist.
func checkTable(page string, all map[string]*figure) (faults []string) {
	fault := func(format string, v ...any) { faults = append(faults, table+": "+fmt.Sprintf(format, v...)) }
	listed := map[string]bool{}
	for _, m := range tabled.FindAllStringSubmatch(page, -1) {
		name, kind, roles := m[1], m[2], strings.TrimSpace(m[4])
		f := all[name]
		if f == nil {
			fault("there is no %s", name)
			continue
		}
		if listed[name] {
			fault("%s stands there twice", name)
		}
		listed[name] = true
		if kind != f.kind {
			fault("%s is a %s, not a %s", name, f.kind, kind)
		}
		var labels []string
		for _, l := range quoted.FindAllStringSubmatch(m[3], -1) {
			labels = append(labels, l[1])
		}
		if have := slices.Sorted(maps.Keys(f.labels)); !slices.Equal(have, slices.Sorted(slices.Values(labels))) {
			fault("%s has the labels %v, not %v", name, have, labels)
		}
		if has := rolesInWords(f); has != roles {
			fault("%s is shown by %q, not %q", name, has, roles)
		}
		if !oneSentence.MatchString(m[5]) {
			fault("what %s is, is not said in a sentence: %q", name, m[5])
		}
	}
	for name := range all {
		if !listed[name] {
			fault("%s is missing", name)
		}
	}
	return faults
}

// rolesInWords names the roles that show a metric. Everything in one process shows what
// the roles show, and metrics of its own.
func rolesInWords(f *figure) string {
	roles := slices.Sorted(maps.Keys(f.roles))
	if len(roles) > 1 {
		roles = slices.DeleteFunc(roles, func(r string) bool { return r == "all" })
	}
	// Each that knows NATS has the metrics of the bus.
	if len(roles) == len(everyRole)-1 || len(roles) == len(everyRole)-2 && !slices.Contains(roles, "web") {
		return "each"
	}
	if slices.Equal(roles, []string{"all"}) {
		return "all in one process"
	}
	return strings.Join(roles, ", ")
}

func TestThePageOfFiguresIsWhole(t *testing.T) {
	for _, fault := range checkTable(string(read(t, table)), truth(t)) {
		t.Error(fault)
	}
}
