package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The objects of Kubernetes, as far as volumes are concerned.

type meta struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

type requests struct {
	Storage string `json:"storage"`
}

type claimSpec struct {
	Class     string `json:"storageClassName"`
	Volume    string `json:"volumeName"`
	Resources struct {
		Requests requests `json:"requests"`
	} `json:"resources"`
}

// claim is a PersistentVolumeClaim.
type claim struct {
	Metadata meta      `json:"metadata"`
	Spec     claimSpec `json:"spec"`
	Status   struct {
		Phase    string   `json:"phase"`
		Capacity requests `json:"capacity"`
	} `json:"status"`
}

// stateful is a StatefulSet.
type stateful struct {
	Metadata meta `json:"metadata"`
	Spec     struct {
		Replicas *int    `json:"replicas"`
		Claims   []claim `json:"volumeClaimTemplates"`
	} `json:"spec"`
}

func (s stateful) replicas() int {
	if s.Spec.Replicas == nil {
		return 1
	}
	return *s.Spec.Replicas
}

// pod returns the name of a replica.
func (s stateful) pod(i int) string { return fmt.Sprintf("%s-%d", s.Metadata.Name, i) }

// claimOf returns the name of a replica's claim.
func (s stateful) claimOf(template claim, i int) string {
	return template.Metadata.Name + "-" + s.pod(i)
}

// volume is a PersistentVolume.
type volume struct {
	Spec struct {
		Capacity requests `json:"capacity"`
	} `json:"spec"`
}

// class is a StorageClass.
type class struct {
	Provisioner string `json:"provisioner"`
	Expands     bool   `json:"allowVolumeExpansion"`
}

// byHand reports whether volumes are made, and enlarged, by people.
func (c class) byHand() bool { return c.Provisioner == "kubernetes.io/no-provisioner" }

// pod is a Pod.
type pod struct {
	Metadata meta `json:"metadata"`
	Status   struct {
		Conditions []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
		} `json:"conditions"`
	} `json:"status"`
}

func (p pod) ready() bool {
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// statefuls reads objects, one after the other or as lists, and returns the StatefulSets
// that have volumes.
func statefuls(r io.Reader) (all []stateful, err error) {
	d := json.NewDecoder(r)
	for {
		var raw json.RawMessage
		if err := d.Decode(&raw); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the overlay: %w", err)
		}
		var o struct {
			Kind  string            `json:"kind"`
			Items []json.RawMessage `json:"items"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			return nil, fmt.Errorf("read the overlay: %w", err)
		}
		items := o.Items
		if o.Kind != "List" {
			items = []json.RawMessage{raw}
		}
		for _, item := range items {
			var s struct {
				Kind string `json:"kind"`
				stateful
			}
			if err := json.Unmarshal(item, &s); err != nil {
				return nil, fmt.Errorf("read the overlay: %w", err)
			}
			if s.Kind == "StatefulSet" && len(s.Spec.Claims) > 0 {
				all = append(all, s.stateful)
			}
		}
	}
}

// same reports whether two StatefulSets ask for the same volumes.
func same(a, b stateful) bool {
	return slices.EqualFunc(a.Spec.Claims, b.Spec.Claims, func(a, b claim) bool {
		x, errX := bytes(a.Spec.Resources.Requests.Storage)
		y, errY := bytes(b.Spec.Resources.Requests.Storage)
		return a.Metadata.Name == b.Metadata.Name && a.Spec.Class == b.Spec.Class && errX == nil && errY == nil && x == y
	})
}

// change is what a claim needs.
type change int

const (
	nothing change = iota
	larger
	otherClass
)

// compare says what a claim needs to become what its template says. An error says in a
// sentence why it can't.
func compare(is claim, want claim) (change, error) {
	has, err := bytes(is.Spec.Resources.Requests.Storage)
	if err != nil {
		return nothing, fmt.Errorf("%s: %w", is.Metadata.Name, err)
	}
	asks, err := bytes(want.Spec.Resources.Requests.Storage)
	if err != nil {
		return nothing, fmt.Errorf("storage.yaml: %w", err)
	}
	switch {
	case is.Spec.Class != want.Spec.Class:
		return otherClass, nil
	case asks < has:
		return nothing, fmt.Errorf("%s has %s, and a volume can't shrink to %s: move to another class with smaller volumes", is.Metadata.Name, is.Spec.Resources.Requests.Storage, want.Spec.Resources.Requests.Storage)
	case asks > has:
		return larger, nil
	}
	return nothing, nil
}
