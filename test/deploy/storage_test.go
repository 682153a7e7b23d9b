package deploy

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// checkStorage: every claim names its class, size and way of access, nothing that was
// accepted is deleted by a typing error, and what is delivered with the manifests (a
// class, volumes) fits the claims.
func checkStorage(variant string) check {
	return func(m *manifests) []string {
		var f faults
		asked := map[string]resource.Quantity{} // by claim
		for name, s := range m.stateful {
			if p := s.Spec.PersistentVolumeClaimRetentionPolicy; p == nil || p.WhenDeleted != appsv1.RetainPersistentVolumeClaimRetentionPolicyType || p.WhenScaled != appsv1.RetainPersistentVolumeClaimRetentionPolicyType {
				f.add("StatefulSet %s: its volumes go with it", name)
			}
			for _, c := range s.Spec.VolumeClaimTemplates {
				size := c.Spec.Resources.Requests[corev1.ResourceStorage]
				switch {
				case c.Spec.StorageClassName == nil || *c.Spec.StorageClassName == "":
					f.add("StatefulSet %s: the claim %s names no class", name, c.Name)
				case m.classes[*c.Spec.StorageClassName] == nil && (variant == "production with csi" || variant == "production with disks"):
					f.add("StatefulSet %s: there is no class %s", name, *c.Spec.StorageClassName)
				}
				if size.IsZero() || !slices.Equal(c.Spec.AccessModes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}) {
					f.add("StatefulSet %s: the claim %s has no size, or may be mounted twice", name, c.Name)
				}
				for i := range replicas(s) {
					asked[fmt.Sprintf("%s-%s-%d", c.Name, name, i)] = size
				}
				if name == "nats" {
					f = append(f, checkRoom(m, size)...)
				}
			}
		}
		for name, c := range m.classes {
			f = append(f, checkClass(name, c)...)
		}
		if len(m.volumes) > 0 {
			f = append(f, checkVolumes(m, asked)...)
		}
		return f
	}
}

func replicas(s *appsv1.StatefulSet) int {
	if s.Spec.Replicas == nil {
		return 1
	}
	return int(*s.Spec.Replicas)
}

// maxFileStore returns what a node of NATS may fill.
func maxFileStore(m *manifests) string {
	env, _, _ := m.environment(m.stateful["nats"].Spec.Template.Spec.Containers[0])
	return env["MAX_FILE_STORE"]
}

// checkRoom: NATS refuses messages before its disk is full, and uses most of it.
func checkRoom(m *manifests, volume resource.Quantity) []string {
	var f faults
	// What NATS calls a GB, Kubernetes calls a Gi.
	limit, err := resource.ParseQuantity(strings.Replace(maxFileStore(m), "GB", "Gi", 1))
	if err != nil || limit.Value() > volume.Value()*92/100 || limit.Value() < volume.Value()*80/100 {
		f.add("StatefulSet nats: MAX_FILE_STORE is %q, which is not some nine tenths of its volume of %s", maxFileStore(m), volume.String())
	}
	return f
}

func checkClass(name string, c *storagev1.StorageClass) []string {
	var f faults
	if c.VolumeBindingMode == nil || *c.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer {
		f.add("StorageClass %s: a volume is made before it is known where its pod runs", name)
	}
	if c.AllowVolumeExpansion == nil || !*c.AllowVolumeExpansion {
		f.add("StorageClass %s: a volume can't grow", name)
	}
	if c.ReclaimPolicy == nil || *c.ReclaimPolicy != corev1.PersistentVolumeReclaimRetain {
		f.add("StorageClass %s: a disk goes with its claim", name)
	}
	return f
}

// checkVolumes: each claim has a volume that is kept for it, is large enough and stays,
// and the volumes of one StatefulSet are on different machines.
func checkVolumes(m *manifests, asked map[string]resource.Quantity) []string {
	var f faults
	places, given := map[string]string{}, map[string]bool{}
	for name, v := range m.volumes {
		of := "PersistentVolume " + name
		if m.classes[v.Spec.StorageClassName] == nil {
			f.add("%s: there is no class %s", of, v.Spec.StorageClassName)
		}
		if v.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimRetain {
			f.add("%s: goes with its claim", of)
		}
		if v.Spec.ClaimRef == nil || v.Spec.ClaimRef.Namespace != "parley" {
			f.add("%s: anybody's claim may take it", of)
			continue
		}
		size, known := asked[v.Spec.ClaimRef.Name]
		has := v.Spec.Capacity[corev1.ResourceStorage]
		if !known || given[v.Spec.ClaimRef.Name] {
			f.add("%s: is for the claim %s, which is not there or has one", of, v.Spec.ClaimRef.Name)
		}
		given[v.Spec.ClaimRef.Name] = true
		if has.Cmp(size) < 0 {
			f.add("%s: has %s, and its claim asks for %s", of, has.String(), size.String())
		}
		place := where(v)
		if place == "" || places[place] != "" {
			f.add("%s: is at no place, or at that of %s", of, places[place])
		}
		places[place] = name
	}
	for claim := range asked {
		if !given[claim] {
			f.add("the claim %s has no PersistentVolume", claim)
		}
	}
	return f
}

// where returns the node and folder of a local volume.
func where(v *corev1.PersistentVolume) string {
	if v.Spec.Local == nil || v.Spec.NodeAffinity == nil || v.Spec.NodeAffinity.Required == nil {
		return ""
	}
	terms := v.Spec.NodeAffinity.Required.NodeSelectorTerms
	if len(terms) != 1 || len(terms[0].MatchExpressions) != 1 || len(terms[0].MatchExpressions[0].Values) != 1 {
		return ""
	}
	return terms[0].MatchExpressions[0].Values[0] + v.Spec.Local.Path
}

// aboutVolumes are the words that stand in one file of each overlay.
var aboutVolumes = regexp.MustCompile(`(?m)^[^#\n]*\b(volumeClaimTemplates|persistentVolumeClaimRetentionPolicy|storageClassName|MAX_FILE_STORE)\b`)

func TestVolumesAreDescribedInOnePlaceOfEachOverlay(t *testing.T) {
	places := 0
	err := filepath.WalkDir(filepath.Join(root, "k8s"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(filepath.Join(root, "k8s"), path)
		found := aboutVolumes.FindString(string(text))
		one := filepath.Base(path) == "storage.yaml" && strings.HasPrefix(rel, "overlays")
		switch {
		case one:
			places++
		case found != "" && rel != filepath.Join("components", "disks", "volumes.yaml"):
			t.Errorf("%s also says something about volumes: %s", rel, strings.TrimSpace(found))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if places != 2 {
		t.Errorf("there are %d files storage.yaml, want one in each overlay", places)
	}
}
