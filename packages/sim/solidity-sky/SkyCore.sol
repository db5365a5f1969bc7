// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Our own core for test chains, not Sky's contracts and no proof of them: the published integer formulas with the arithmetic of an
// EVM, behind the function names by which a reader of the real ones asks. Everything can be set by anybody.

contract SkyVat {
    struct Ilk {
        uint256 Art;
        uint256 rate;
        uint256 spot;
        uint256 line;
        uint256 dust;
    }
    struct Urn {
        uint256 ink;
        uint256 art;
    }

    mapping(bytes32 => Ilk) public ilks;
    mapping(bytes32 => mapping(address => Urn)) public urns;
    mapping(bytes32 => mapping(address => uint256)) public gem;
    mapping(address => uint256) public dai;
    mapping(address => mapping(address => uint256)) public can;

    function hope(address other) external {
        can[msg.sender][other] = 1;
    }

    function slip(bytes32 ilk, address owner, int256 wad) external {
        gem[ilk][owner] = moved(gem[ilk][owner], wad);
    }

    function shift(address owner, int256 rad) external {
        dai[owner] = moved(dai[owner], rad);
    }

    function moved(uint256 from, int256 by) private pure returns (uint256) {
        return by < 0 ? from - uint256(-by) : from + uint256(by);
    }

    function wish(address owner, address other) private view returns (bool) {
        return owner == other || can[owner][other] == 1;
    }

    function frob(bytes32 i, address u, address v, address w, int256 dink, int256 dart) external {
        Urn memory urn = urns[i][u];
        Ilk memory ilk = ilks[i];
        require(ilk.rate != 0, "Vat/ilk-not-init");
        (urn.ink, urn.art, ilk.Art) = (moved(urn.ink, dink), moved(urn.art, dart), moved(ilk.Art, dart));
        uint256 tab = ilk.rate * urn.art;
        bool safer = dart <= 0 && dink >= 0;
        require(dart <= 0 || ilk.Art * ilk.rate <= ilk.line, "Vat/ceiling-exceeded");
        require(safer || tab <= urn.ink * ilk.spot, "Vat/not-safe");
        require(safer || wish(u, msg.sender), "Vat/not-allowed-u");
        require(dink <= 0 || wish(v, msg.sender), "Vat/not-allowed-v");
        require(dart >= 0 || wish(w, msg.sender), "Vat/not-allowed-w");
        require(urn.art == 0 || tab >= ilk.dust, "Vat/dust");
        gem[i][v] = moved(gem[i][v], -dink);
        dai[w] = moved(dai[w], int256(ilk.rate) * dart);
        (urns[i][u], ilks[i]) = (urn, ilk);
    }

    function setIlk(bytes32 ilk, uint256 rate, uint256 spot, uint256 dust) external {
        ilks[ilk] = Ilk(0, rate, spot, type(uint256).max, dust);
    }

    function setUrn(bytes32 ilk, address urn, uint256 ink, uint256 art, uint256 free) external {
        urns[ilk][urn] = Urn(ink, art);
        ilks[ilk].Art = art;
        gem[ilk][urn] = free;
    }

    function setRate(bytes32 ilk, uint256 rate) external {
        ilks[ilk].rate = rate;
    }

    function setSpot(bytes32 ilk, uint256 spot) external {
        ilks[ilk].spot = spot;
    }
}

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// Where tokens of one type enter and leave the core.
contract SkyGemJoin {
    SkyVat private immutable vat;
    bytes32 private immutable ilk;
    IToken private immutable token;

    constructor(SkyVat core, bytes32 kind, IToken gem) {
        (vat, ilk, token) = (core, kind, gem);
    }

    function join(address usr, uint256 amount) external {
        vat.slip(ilk, usr, int256(amount));
        token.transferFrom(msg.sender, address(this), amount);
    }

    function exit(address usr, uint256 amount) external {
        vat.slip(ilk, msg.sender, -int256(amount));
        token.transfer(usr, amount);
    }
}

/// Where the stablecoin enters and leaves the core.
contract SkyDaiJoin {
    SkyVat private immutable vat;
    IToken private immutable token;

    constructor(SkyVat core, IToken stable) {
        (vat, token) = (core, stable);
    }

    function join(address usr, uint256 amount) external {
        vat.shift(usr, int256(amount * 10 ** 27));
        token.transferFrom(msg.sender, address(this), amount);
    }
}

/// A queue of prices: its getters of prices answer nobody but the listed, its storage is laid out as that of the real one.
contract SkyQueue {
    struct Feed {
        uint128 val;
        uint128 has;
    }

    mapping(address => uint256) public wards;
    uint256 public stopped;
    address public src;
    uint16 public hop = 3600;
    uint64 public zzz;
    Feed private cur;
    Feed private nxt;
    mapping(address => uint256) public bud;

    function set(uint128 current, bool hasCurrent, uint128 next, bool hasNext) external {
        (cur, nxt) = (Feed(current, hasCurrent ? 1 : 0), Feed(next, hasNext ? 1 : 0));
        (src, zzz) = (msg.sender, uint64(block.timestamp));
    }

    function kiss(address reader) external {
        bud[reader] = 1;
    }

    function peek() external view returns (bytes32, bool) {
        require(bud[msg.sender] == 1, "OSM/contract-not-whitelisted");
        return (bytes32(uint256(cur.val)), cur.has == 1);
    }
}

/// The same getters over another storage.
contract SkyOddQueue {
    uint256[5] private before = [1, 2, 3, (uint256(1) << 128) | 1e18, (uint256(1) << 128) | 2e18];
    address public src = address(1);
    uint16 public hop = 3600;
    uint64 public zzz = 1;
}

/// A price without a queue, which answers anybody.
contract SkyOpenPrice {
    uint256 private value;

    function set(uint256 price) external {
        value = price;
    }

    function peek() external view returns (bytes32, bool) {
        return (bytes32(value), value > 0);
    }
}

contract SkySpotter {
    struct Ilk {
        address pip;
        uint256 mat;
    }

    SkyVat public vat;
    uint256 public par = 10 ** 27;
    mapping(bytes32 => Ilk) public ilks;

    constructor(SkyVat core) {
        vat = core;
    }

    function set(bytes32 ilk, address pip, uint256 mat, uint256 dollars) external {
        ilks[ilk] = Ilk(pip, mat);
        par = dollars;
    }

    function poke(bytes32 ilk) external {
        (bytes32 price, bool has) = SkyOpenPrice(ilks[ilk].pip).peek();
        uint256 inStable = (uint256(price) * 10 ** 9 * 10 ** 27) / par;
        vat.setSpot(ilk, has ? (inStable * 10 ** 27) / ilks[ilk].mat : 0);
    }
}

contract SkyJug {
    struct Ilk {
        uint256 duty;
        uint256 rho;
    }

    SkyVat public vat;
    uint256 public base;
    mapping(bytes32 => Ilk) public ilks;

    constructor(SkyVat core) {
        vat = core;
    }

    function set(bytes32 ilk, uint256 duty, uint256 every) external {
        ilks[ilk] = Ilk(duty, block.timestamp);
        base = every;
    }

    function drip(bytes32 ilk) external returns (uint256 rate) {
        (, uint256 before,,,) = vat.ilks(ilk);
        rate = (power(base + ilks[ilk].duty, block.timestamp - ilks[ilk].rho) * before) / 10 ** 27;
        vat.setRate(ilk, rate);
        ilks[ilk].rho = block.timestamp;
    }

    /// From the highest bit down would round otherwise: squares are taken from the lowest bit up, every product half up.
    function power(uint256 base_, uint256 exponent) private pure returns (uint256 result) {
        result = exponent % 2 == 1 ? base_ : 10 ** 27;
        for (uint256 left = exponent / 2; left > 0; left /= 2) {
            base_ = (base_ * base_ + 10 ** 27 / 2) / 10 ** 27;
            if (left % 2 == 1) result = (result * base_ + 10 ** 27 / 2) / 10 ** 27;
        }
    }
}

contract SkyDog {
    struct Ilk {
        address clip;
        uint256 chop;
        uint256 hole;
        uint256 dirt;
    }

    SkyVat public vat;
    uint256 public Hole;
    uint256 public Dirt;
    mapping(bytes32 => Ilk) public ilks;

    constructor(SkyVat core) {
        vat = core;
    }

    function set(bytes32 ilk, Ilk calldata kind, uint256 all, uint256 running) external {
        ilks[ilk] = kind;
        (Hole, Dirt) = (all, running);
    }

    function bark(bytes32 ilk, address urn, address) external view returns (uint256) {
        (uint256 ink, uint256 art) = vat.urns(ilk, urn);
        (, uint256 rate, uint256 spot,,) = vat.ilks(ilk);
        require(spot > 0 && ink * spot < art * rate, "Dog/not-unsafe");
        require(Hole > Dirt && ilks[ilk].hole > ilks[ilk].dirt, "Dog/liquidation-limit-hit");
        return 1;
    }
}

contract SkyClip {
    struct Sale {
        uint256 pos;
        uint256 tab;
        uint256 lot;
        address usr;
        uint96 tic;
        uint256 top;
    }

    SkyVat public vat;
    bytes32 public ilk;
    uint256 public buf;
    uint256 public tail;
    uint256 public cusp;
    uint64 public chip;
    uint192 public tip;
    address public calc;
    uint256[] private active;
    mapping(uint256 => Sale) public sales;

    constructor(SkyVat core, bytes32 kind) {
        (vat, ilk) = (core, kind);
    }

    function set(uint256 buf_, uint256 tail_, uint256 cusp_, uint64 chip_, uint192 tip_, address calc_) external {
        (buf, tail, cusp, chip, tip, calc) = (buf_, tail_, cusp_, chip_, tip_, calc_);
    }

    function setSale(uint256 id, Sale calldata sale) external {
        active.push(id);
        sales[id] = sale;
    }

    function list() external view returns (uint256[] memory) {
        return active;
    }
}

contract SkyStairs {
    uint256 public step;
    uint256 public cut;

    function set(uint256 seconds_, uint256 factor) external {
        (step, cut) = (seconds_, factor);
    }
}

/// The registry of tokens and the flash mint.
contract SkyAround {
    mapping(bytes32 => address) public gem;
    mapping(bytes32 => address) public join;
    address public daiJoin;
    uint256 private most;

    function setJoins(bytes32 ilk, address ofGem, address ofStable) external {
        (join[ilk], daiJoin) = (ofGem, ofStable);
    }

    function set(bytes32 ilk, address token, uint256 flash) external {
        gem[ilk] = token;
        most = flash;
    }

    function maxFlashLoan(address) external view returns (uint256) {
        return most;
    }

    function flashFee(address, uint256) external pure returns (uint256) {
        return 0;
    }
}
