// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// The storage of the local chain's FaucetToken under other rules: its code replaces the token's, as an issuer's upgrade would.
contract OddToken {
    enum Rule {
        Fee,
        Rebase,
        Quirk,
        Refuse,
        Lie,
        Toll
    }

    string public name;
    string public symbol;
    uint256 public totalSupply;
    mapping(address => uint256) internal held;
    mapping(address => mapping(address => uint256)) public allowance;
    Rule public immutable rule;
    uint8 public immutable decimals;

    constructor(Rule rule_, uint8 decimals_) {
        (rule, decimals) = (rule_, decimals_);
    }

    function mint(address to, uint256 value) external {
        totalSupply += value;
        held[to] += value;
    }

    /// @dev Rebase: whoever holds it has one unit in a thousand more than was sent to it.
    function balanceOf(address owner) external view returns (uint256) {
        return rule == Rule.Rebase ? held[owner] + held[owner] / 1000 : held[owner];
    }

    /// @dev Quirk: as USDT, no answer, and an allowance changes only from or to zero.
    function approve(address spender, uint256 value) external {
        if (rule == Rule.Quirk) require(value == 0 || allowance[msg.sender][spender] == 0, "quirk");
        allowance[msg.sender][spender] = value;
        if (rule != Rule.Quirk) answer();
    }

    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
        if (rule != Rule.Quirk) answer();
    }

    function transferFrom(address from, address to, uint256 value) external {
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        if (rule != Rule.Quirk) answer();
    }

    /// @dev Refuse: as a block-list, without reverting. Lie: says yes and does nothing. Toll: the sender pays a fee on top.
    function move(address from, address to, uint256 value) private {
        if (rule == Rule.Refuse || rule == Rule.Lie) return;
        held[from] -= rule == Rule.Toll ? value + value / 1000 : value;
        held[to] += rule == Rule.Fee ? value - value / 1000 : value;
    }

    function answer() private view {
        bool yes = rule != Rule.Refuse;
        assembly {
            mstore(0, yes)
            return(0, 32)
        }
    }
}
