// Package api is the JSON interface of the program (version 1): the shapes of what goes in and
// out, how they are made of the domain, and the OpenAPI document. One table of operations describes
// every route; its schemas are generated from the shapes, and a test compares it with the routes
// that the server really has.
//
// What a shape holds has been read for the caller's audience: nothing is filtered here. Fields that
// are never public (the name of an uploaded file, what was found in it, what stands behind a private
// item) are empty for the public because the record leaves them empty.
package api

import (
	"time"

	"clearday/papers"
)

// List is one page of a list. Next is the cursor of the next page, empty at the end.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Give it as cursor to get the next page. Empty at the end."`
}

// NewList makes a list that is never null.
func NewList[T any](items []T, next string) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items, Next: next}
}

// listOf makes a list by turning each item into its shape.
func listOf[D, T any](items []D, next string, shape func(D) T) List[T] {
	out := make([]T, len(items))
	for i, d := range items {
		out[i] = shape(d)
	}
	return NewList(out, next)
}

// Problem is an error (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"A sentence a person can act on."`
	Code   string `json:"code,omitempty" enum:"invalid,not_found,gone,conflict,forbidden,too_many,too_large,sign_in"`
}

// OfActs gives a page of acts.
func OfActs(acts []papers.Act, next string) List[papers.Act] {
	for i := range acts {
		acts[i].At = acts[i].At.UTC()
	}
	return NewList(acts, next)
}

// inZone says an optional instant with the offset of a zone.
func inZone(t *time.Time, l *time.Location) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(l)
	return &local
}
