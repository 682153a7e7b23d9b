package addons

import (
	"errors"
	"io"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/parley-chat/parley/test/cluster/internal/node"
)

func TestEachNodeHasItsVolumes(t *testing.T) {
	n, err := node.New(&node.Cluster{Dir: t.TempDir(), Count: 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	text := Manifests([]*node.Node{n})
	if strings.Contains(text, "_ADDRESS") || strings.Contains(text, "_IMAGE") {
		t.Error("a placeholder has not been replaced")
	}
	volumes := 0
	for d := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096); ; {
		var v core.PersistentVolume
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if v.Kind != "PersistentVolume" {
			continue
		}
		volumes++
		if v.Spec.PersistentVolumeReclaimPolicy != core.PersistentVolumeReclaimRetain || v.Spec.Local == nil || v.Spec.NodeAffinity == nil {
			t.Errorf("the volume %s is not one that stays on its node: %+v", v.Name, v.Spec)
		}
	}
	if volumes != len(node.Volumes)+1 {
		t.Errorf("there are %d volumes", volumes)
	}
}
