/*  literals.h - lists and maps written in place

        weir_dict_set (people, "jack", weir_map_of ("age", 31, "x", 1.5));
        weir_dict_set (jobs, 7, weir_list_of ("resize", weir_list_of (80, 60)));

    Each argument is one that weir_value () takes. Lists and maps nest. A list
    has up to 16 items, a map up to 8 pairs (key, value, key, value ...). For
    more, fill an array and use weir_value_list or weir_value_map.

    The result is borrowed. In C it lives until the end of the enclosing block.
    In C++ it lives until the end of the statement: pass it to a function in the
    same statement, or copy it.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_LITERALS_H_INCLUDED
#define WEIR_LITERALS_H_INCLUDED

#include "value.h"

#ifdef __cplusplus

//  Holds the values inside the temporary object that weir_list_of and
//  weir_map_of return.
template <size_t N> struct weir__literal {
    weir_type_t type;
    weir_value_t items [N + 1];

    operator weir_value_t () const
    {
        return weir_value_sized (type, items, type == WEIR_MAP ? N / 2 : N);
    }
};

//  Makes a list value of its arguments.
template <class... T>
static inline weir__literal<sizeof...(T)> weir_list_of (const T &...x)
{
    static_assert (sizeof...(T) <= 16, "a list literal has up to 16 items");
    return {WEIR_LIST, {weir_value (x)..., weir_value_nil ()}};
}

//  Makes a map value of its arguments, which are keys and values in turn.
template <class... T>
static inline weir__literal<sizeof...(T)> weir_map_of (const T &...x)
{
    static_assert (sizeof...(T) <= 16, "a map literal has up to 8 pairs");
    static_assert (sizeof...(T) % 2 == 0, "a map literal is made of pairs");
    return {WEIR_MAP, {weir_value (x)..., weir_value_nil ()}};
}

#else

//  How it works: WEIR__COUNT picks the number of arguments out of a row that
//  the arguments push to the right. WEIR__EACH_<number> then puts weir_value ()
//  around each argument, inside an array literal. The array begins with a value
//  that is not counted, because C has no empty arrays.
//
//  __VA_OPT__ came with C23. gcc and clang have it in every C, but gcc warns
//  about it in stricter modes, except in a system header.
#pragma GCC system_header

//  Makes a list value of its arguments.
#define weir_list_of(...) \
    weir_value_list (WEIR__ARRAY (__VA_ARGS__) + 1, WEIR__COUNT (__VA_ARGS__))

//  Makes a map value of its arguments, which are keys and values in turn. A
//  negative array size here means that a key has no value.
#define weir_map_of(...)               \
    weir_value_map (                   \
        WEIR__ARRAY (__VA_ARGS__) + 1, \
        WEIR__COUNT (__VA_ARGS__) /    \
            (2 * sizeof (char [WEIR__COUNT (__VA_ARGS__) % 2 ? -1 : 1])))

#define WEIR__COUNT(...)                                                      \
    WEIR__PICK (__VA_ARGS__ __VA_OPT__ (, ) 16, 15, 14, 13, 12, 11, 10, 9, 8, \
                7, 6, 5, 4, 3, 2, 1, 0, x)
#define WEIR__ARRAY(...)                      \
    ((const weir_value_t []){{0} __VA_OPT__ ( \
        , WEIR__EACH (WEIR__COUNT (__VA_ARGS__), __VA_ARGS__))})

#define WEIR__PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, count, ...) \
    count

#define WEIR__EACH(count, ...) WEIR__EACH_OF (count, __VA_ARGS__)
#define WEIR__EACH_OF(count, ...) WEIR__EACH_##count (__VA_ARGS__)
#define WEIR__EACH_1(x) weir_value (x)
#define WEIR__EACH_2(x, ...) weir_value (x), WEIR__EACH_1 (__VA_ARGS__)
#define WEIR__EACH_3(x, ...) weir_value (x), WEIR__EACH_2 (__VA_ARGS__)
#define WEIR__EACH_4(x, ...) weir_value (x), WEIR__EACH_3 (__VA_ARGS__)
#define WEIR__EACH_5(x, ...) weir_value (x), WEIR__EACH_4 (__VA_ARGS__)
#define WEIR__EACH_6(x, ...) weir_value (x), WEIR__EACH_5 (__VA_ARGS__)
#define WEIR__EACH_7(x, ...) weir_value (x), WEIR__EACH_6 (__VA_ARGS__)
#define WEIR__EACH_8(x, ...) weir_value (x), WEIR__EACH_7 (__VA_ARGS__)
#define WEIR__EACH_9(x, ...) weir_value (x), WEIR__EACH_8 (__VA_ARGS__)
#define WEIR__EACH_10(x, ...) weir_value (x), WEIR__EACH_9 (__VA_ARGS__)
#define WEIR__EACH_11(x, ...) weir_value (x), WEIR__EACH_10 (__VA_ARGS__)
#define WEIR__EACH_12(x, ...) weir_value (x), WEIR__EACH_11 (__VA_ARGS__)
#define WEIR__EACH_13(x, ...) weir_value (x), WEIR__EACH_12 (__VA_ARGS__)
#define WEIR__EACH_14(x, ...) weir_value (x), WEIR__EACH_13 (__VA_ARGS__)
#define WEIR__EACH_15(x, ...) weir_value (x), WEIR__EACH_14 (__VA_ARGS__)
#define WEIR__EACH_16(x, ...) weir_value (x), WEIR__EACH_15 (__VA_ARGS__)

#endif

#endif
