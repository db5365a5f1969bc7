// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IPool {
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16 code) external;
    function repay(address asset, uint256 amount, uint256 mode, address onBehalfOf) external returns (uint256);
    function withdraw(address asset, uint256 amount, address to) external returns (uint256);
}

interface IToken {
    function approve(address spender, uint256 amount) external returns (bool);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
    function mint(address to, uint256 amount) external;
}

/// Repays somebody's debt with a flash loan and sells collateral for it, at whatever price it is told. It guards nothing: for
/// test chains, where the tokens it pays out with can be made by anybody.
contract FlashSeller {
    struct Sale {
        address aToken;
        address asset;
        uint256 amount;
        uint256 brings;
    }

    function run(IPool pool, address debt, uint256 amount, address owner, Sale[] calldata sales) external {
        pool.flashLoanSimple(address(this), debt, amount, abi.encode(owner, sales), 0);
    }

    function executeOperation(address debt, uint256 amount, uint256 premium, address, bytes calldata params)
        external
        returns (bool)
    {
        (address owner, Sale[] memory sales) = abi.decode(params, (address, Sale[]));
        IToken(debt).approve(msg.sender, amount);
        IPool(msg.sender).repay(debt, amount, 2, owner);
        for (uint256 i = 0; i < sales.length; i++) sell(IPool(msg.sender), debt, owner, sales[i]);
        IToken(debt).approve(msg.sender, amount + premium);
        return true;
    }

    function sell(IPool pool, address debt, address owner, Sale memory sale) private {
        IToken(sale.aToken).transferFrom(owner, address(this), sale.amount);
        pool.withdraw(sale.asset, sale.amount, address(this));
        IToken(sale.asset).transfer(address(0xdead), sale.amount);
        IToken(debt).mint(address(this), sale.brings);
    }
}
