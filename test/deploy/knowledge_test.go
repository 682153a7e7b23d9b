package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var asYAML = regexp.MustCompile("(?s)```yaml\n(configMapGenerator:.*?)```")

// What docs/kubernetes.md tells an operator to add for their own documents, in a
// separate overlay here.
func TestTheBotIsGivenDocumentsAsThePageSays(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/kubernetes.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := asYAML.FindStringSubmatch(string(page))
	if said == nil {
		t.Fatal("docs/kubernetes.md no longer says how the bot gets documents")
	}
	dir, err := trees()
	if err != nil {
		t.Fatal(err)
	}
	with := filepath.Join(dir, "overlays", "local with documents")
	for name, text := range map[string]string{
		"kustomization.yaml": "namespace: parley\nresources: [../local]\n" + said[1], "knowledge/prices.md": "# Prices\n\nOne euro.\n", "knowledge/delivery.md": "# Delivery\n\nOne day.\n",
	} {
		path := filepath.Join(with, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), with)
	if err != nil {
		t.Fatal(err)
	}
	text, err := all.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	m, faults := decode(string(text))
	faults = append(faults, checkMounts(m)...)
	faults = append(faults, checkEnvironment(settings(t))(m)...)
	for _, fault := range faults {
		t.Error(fault)
	}
	for name, d := range m.deployments {
		c := d.Spec.Template.Spec.Containers[0]
		env, _, _ := m.environment(c)
		at := env["BOT_KNOWLEDGE"]
		if (name == "botworker") != (at != "") {
			t.Errorf("%s looks for documents in %q", name, at)
		}
		for _, mount := range c.VolumeMounts {
			if mount.MountPath != at || at == "" {
				continue
			}
			files := m.configMaps[volume(d.Spec.Template.Spec, mount.Name)]
			if files == nil || !strings.Contains(files.Data["prices.md"], "One euro") || len(files.Data) != 2 {
				t.Errorf("%s finds %v there", name, files)
			}
			at = ""
		}
		if at != "" {
			t.Errorf("%s mounts nothing at %s", name, at)
		}
	}
}
