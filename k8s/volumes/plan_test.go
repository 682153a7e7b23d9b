package main

import (
	"strings"
	"testing"
)

func of(name, class, size string) claim {
	var c claim
	c.Metadata.Name, c.Spec.Class, c.Spec.Resources.Requests.Storage = name, class, size
	return c
}

func TestAClaimBecomesWhatItsTemplateSaysOrSaysWhyNot(t *testing.T) {
	for _, c := range []struct {
		class, size string
		want        change
		fails       string
	}{
		{"fast", "10Gi", nothing, ""},
		{"fast", "10240Mi", nothing, ""},
		{"fast", "20Gi", larger, ""},
		{"fast", "1Ti", larger, ""},
		{"slow", "20Gi", otherClass, ""},
		{"slow", "5Gi", otherClass, ""}, // a new volume may be smaller
		{"fast", "10G", nothing, "can't shrink to 10G"},
		{"fast", "twenty", nothing, `"twenty" is not a size such as 10Gi`},
		{"fast", "", nothing, "is not a size"},
		{"fast", "-1Gi", nothing, "is not a size"},
	} {
		got, err := compare(of("data-nats-0", "fast", "10Gi"), of("data", c.class, c.size))
		if got != c.want || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("to %s of %s: %v, %v", c.size, c.class, got, err)
		}
	}
}

func TestAStatefulSetIsReplacedOnlyIfItsVolumesDiffer(t *testing.T) {
	set := func(claims ...claim) (s stateful) {
		s.Spec.Claims = claims
		return s
	}
	is := set(of("data", "fast", "10Gi"))
	for _, c := range []struct {
		want stateful
		same bool
	}{
		{set(of("data", "fast", "10Gi")), true},
		{set(of("data", "fast", "10240Mi")), true},
		{set(of("data", "fast", "20Gi")), false},
		{set(of("data", "slow", "10Gi")), false},
		{set(of("disk", "fast", "10Gi")), false},
		{set(), false},
	} {
		if same(is, c.want) != c.same {
			t.Errorf("%+v: same %v", c.want, !c.same)
		}
	}
}

// kubectl prints one object after the other, or a list, depending on the command.
func TestTheStatefulSetsWithVolumesAreFound(t *testing.T) {
	const one = `{"kind":"StatefulSet","metadata":{"name":"nats"},"spec":{"replicas":3,"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"storageClassName":"parley","resources":{"requests":{"storage":"10Gi"}}}}]}}`
	const without = `{"kind":"StatefulSet","metadata":{"name":"cache"},"spec":{}} {"kind":"Secret","data":{"x":"eQ=="}}`
	for _, text := range []string{one + "\n" + without, `{"kind":"List","items":[` + one + `,` + strings.Replace(without, "} {", "},{", 1) + `]}`} {
		all, err := statefuls(strings.NewReader(text))
		if err != nil || len(all) != 1 || all[0].claimOf(all[0].Spec.Claims[0], 2) != "data-nats-2" || all[0].replicas() != 3 || all[0].Spec.Claims[0].Spec.Class != "parley" {
			t.Errorf("%+v, %v", all, err)
		}
	}
	if _, err := statefuls(strings.NewReader(`{"kind":`)); err == nil {
		t.Error("half of an object is read")
	}
}
