/*  matrix_board.h - records of a play of the matrix, for matrix.c

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_MATRIX_BOARD_H_INCLUDED
#define WEIR_TESTS_KIT_MATRIX_BOARD_H_INCLUDED

#include "kit/matrix.h"

enum {
    MATRIX_ITEMS_MAX = 1 << 18, //  of each player
    MATRIX_OF_SHIFT = 20,       //  in an item, above its number: its actor
    MATRIX_SHUFFLE_SHIFT = 22   //  above that: a part that changes the order
};

typedef struct matrix_board {
    matrix_actor_t actors [MATRIX_ACTORS];
    matrix_harm_t harm;
    atomic_bool over, ended; //  the round, and the play
    atomic_int left, right;  //  equal outside of a section
    atomic_uint_fast64_t token;
    atomic_uchar seen [MATRIX_ACTORS][MATRIX_ITEMS_MAX];
} matrix_board_t;

//  The board of the play, in memory that all share.
extern matrix_board_t *matrix_board;

#endif
