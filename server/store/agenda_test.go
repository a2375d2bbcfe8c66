package store_test

import "clearday/papers"

func up(id string) papers.Move { return papers.Move{Item: id, Way: papers.MoveUp} }
